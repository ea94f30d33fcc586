import type { Moment } from '../../src/domain/records.gen.ts';
import type { Output } from '../../src/runtime/stage.ts';
import { conductStage } from '../../src/stages/conduct/stage.ts';
import { stages } from '../../topology/graph.ts';
import {
  type Conductor,
  type ConductTopic,
  ConductWorld,
  command,
  refined,
  rendered,
  streamId,
} from './conductworld.ts';
import type { Given } from './stagedriver.ts';

/** What a conductor's checkpoint keeps: its states as bytes and how far it had read. */
interface Saved {
  readonly states: ReadonlyMap<string, Uint8Array>;
  readonly read: ReadonlyMap<string, number>;
}

type Task = Extract<Output, { topic: 'refine.tasks' | 'render.tasks' }>;

/** What is believed of a highlight, as one text. */
export const belief = (state: string, revision: number, { startMs, title }: Moment): string =>
  `${state}@${revision} ${startMs} "${title}"`;

const codec = conductStage({ run: 'live', defaultPresets: [] });
const journal = 'highlights.journal';
/** How a task may end; most end well. */
const taskEnds = ['', '', '', '', 'unavailable: the origin is away', 'media-gone: the archive does not hold it'];

/**
 * Conductors that read as the runtime does (a batch at a time, of the journal all there is, then what follows; outputs
 * are appended when the batch is done), that die at any point of that cycle and come back from their last checkpoint or
 * from nothing, and workers that take their time. `random` decides all of it.
 */
export class ConductChaos extends ConductWorld {
  private readonly saved: (Saved | undefined)[];
  private readonly random: () => number;

  constructor(presets: readonly string[], conductors: number, random: () => number) {
    super(presets, conductors);
    this.saved = this.conductors.map(() => undefined);
    this.random = random;
  }

  /** A whole number from 0 up to but not including `below`. */
  pick(below: number): number {
    return Math.floor(this.random() * below);
  }

  /** Something happens: mostly a batch is read, sometimes a task is finished, a person decides, or a conductor dies. */
  step(nowMs: number): void {
    const index = this.pick(this.conductors.length);
    const what = this.random();
    if (what < 0.55) this.batch(index);
    else if (what < 0.73) this.finishSome();
    else if (what < 0.83) this.decide();
    else if (what < 0.87) this.checkpoint(index);
    else if (what < 0.91) this.die(index);
    else if (what < 0.95) this.repeat();
    else this.append(...(this.conductors[index]?.driver.tick(nowMs) ?? []));
  }

  /** Lets everything come to its end, an hour's timers included, with nobody dying any more. */
  calm(fromMs: number): void {
    for (let minute = 0; minute < 60; minute += 1) {
      for (let before = -1; before !== this.size; ) {
        before = this.size;
        for (const conductor of this.conductors) this.append(...this.read(conductor, 1));
        while (this.finishSome()) {}
      }
      this.tick(fromMs + minute * 60_000);
    }
  }

  /** What each conductor holds to be true of each highlight: state, revision, and the moment's start and title. */
  get beliefs(): Record<string, string>[] {
    return this.conductors.map(({ driver }) => {
      const stream = driver.states.get(`stream:${streamId}`);
      const highlights = stream?.kind === 'stream' ? Object.entries(stream.highlights) : [];
      return Object.fromEntries(
        highlights.map(([id, { state, revision, moment }]) => [id, belief(state, revision, moment)]),
      );
    });
  }

  private get size(): number {
    return [...this.topics.values()].reduce((sum, topic) => sum + topic.length, 0);
  }

  private batch(index: number): void {
    const conductor = this.conductors[index];
    if (conductor === undefined) return;
    const outputs = this.read(conductor, this.random());
    // Death before the append loses the outputs, death after it the knowledge of them.
    const death = this.random();
    if (death >= 0.05) this.append(...outputs);
    if (death < 0.1) this.die(index);
  }

  /** Processes all of the journal and a share of what each other topic holds; gives what is to be appended. */
  private read({ driver, read }: Conductor, share: number): Output[] {
    const ends = stages.conduct.inputs.map((topic) => {
      const position = read.get(topic) ?? 0;
      const unread = this.topic(topic).length - position;
      return [topic, position + (topic === journal ? unread : Math.ceil(unread * share))] as const;
    });
    return ends.flatMap(([topic, end]) => {
      const records = this.topic(topic).slice(read.get(topic) ?? 0, end);
      read.set(topic, end);
      return records.flatMap((record) => driver.give(record as Given<ConductTopic>));
    });
  }

  private checkpoint(index: number): void {
    const conductor = this.conductors[index];
    if (conductor === undefined) return;
    const states = new Map([...conductor.driver.states].map(([key, state]) => [key, codec.encode(state)]));
    this.saved[index] = { states, read: new Map(conductor.read) };
  }

  /** Its successor takes the last checkpoint, or nothing where that is lost, and reads the journal before the rest. */
  private die(index: number): void {
    const next = this.conductor();
    const saved = this.random() < 0.8 ? this.saved[index] : undefined;
    for (const [key, bytes] of saved?.states ?? [])
      next.driver.states.set(key, codec.decode(bytes, codec.stateVersion));
    for (const [topic, position] of saved?.read ?? []) next.read.set(topic, position);
    this.conductors[index] = next;
    const position = next.read.get(journal) ?? 0;
    const entries = this.topic(journal).slice(position);
    next.read.set(journal, position + entries.length);
    this.append(...entries.flatMap((entry) => next.driver.give(entry as Given<ConductTopic>)));
  }

  /** Finishes one of the tasks that are not finished, sometimes with a second report of it. */
  private finishSome(): boolean {
    const tasks = [...this.topic('refine.tasks'), ...this.topic('render.tasks')] as Task[];
    const open = tasks.filter(({ record }) => !this.finished.has(record.taskId));
    const task = open[this.pick(open.length)];
    if (task === undefined) return false;
    this.finished.add(task.record.taskId);
    const error = taskEnds[this.pick(taskEnds.length)] ?? '';
    const outcome = task.topic === 'refine.tasks' ? refined(task.record, error) : rendered(task.record, error);
    this.append(outcome, ...(this.random() < 0.2 ? [outcome] : []));
    return true;
  }

  /** A person decides about a highlight, with or without having seen its newest revision. */
  private decide(): void {
    const known = this.topic('highlights.detected');
    const one = known[this.pick(known.length)];
    if (one?.topic !== 'highlights.detected') return;
    const kind = ['reject', 'approve', 'retry', 'trim'][this.pick(4)] ?? '';
    const expectedRevision = this.random() < 0.5 ? null : this.pick(7);
    this.append(command(one.record.highlightId, kind, expectedRevision));
  }

  /** Another stage replays: something that it said comes again, perhaps long after. */
  private repeat(): void {
    const topics = ['highlights.detected', 'highlights.refined', 'clips.rendered', 'timers'];
    const known = topics.flatMap((topic) => this.topic(topic));
    const one = known[this.pick(known.length)];
    if (one !== undefined) this.append(one);
  }
}
