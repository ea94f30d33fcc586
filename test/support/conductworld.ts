import { noLimits } from '../../src/domain/budgets.ts';
import type {
  ArchiveEvent,
  ChannelSettings,
  DetectedHighlight,
  RankedCandidate,
} from '../../src/domain/records.gen.ts';
import type { Output } from '../../src/runtime/stage.ts';
import { conductStage } from '../../src/stages/conduct/stage.ts';
import type { ConductState } from '../../src/stages/conduct/state.ts';
import { stages } from '../../topology/graph.ts';
import { type Given, StageDriver } from './stagedriver.ts';

export const channelId = 'channel';
export const streamId = 'stream';
export const zeroAtMs = Date.UTC(2026, 0, 1);

export type ConductTopic = ReturnType<typeof conductStage>['inputs'][number];

export interface Conductor {
  readonly driver: StageDriver<ConductState, ConductTopic>;
  readonly read: Map<string, number>;
}

/** The topics around conduct as arrays, conductors that read them, and workers that finish every task at once. */
export class ConductWorld {
  readonly topics = new Map<string, Output[]>();
  protected readonly conductors: Conductor[] = [];
  protected readonly finished = new Set<string>();
  private readonly presets: readonly string[];

  private readonly renderError: () => string;

  /** `renderError` gives what every render fails with; empty for none. */
  constructor(presets: readonly string[] = ['source'], conductors = 1, renderError: () => string = () => '') {
    this.presets = presets;
    this.renderError = renderError;
    for (let index = 0; index < conductors; index += 1) this.conductors.push(this.conductor());
  }

  protected conductor(): Conductor {
    return { driver: new StageDriver(conductStage({ run: 'live', defaultPresets: this.presets })), read: new Map() };
  }

  append(...outputs: readonly Output[]): void {
    for (const output of outputs) this.topic(output.topic).push(output);
  }

  topic(name: string): Output[] {
    const topic = this.topics.get(name) ?? [];
    this.topics.set(name, topic);
    return topic;
  }

  /** Loses conductor `index` with all it knew; its successor reads the journal before any other input. */
  kill(index = 0): void {
    const next = this.conductor();
    this.conductors[index] = next;
    while (this.readFrom(next, 'highlights.journal')) {}
  }

  /** Lets everything be read until nothing is left. `pick` chooses the next topic among those with unread records. */
  settle(pick: (count: number) => number = () => 0, afterEach: () => void = () => {}): void {
    for (;;) {
      let progressed = false;
      for (const conductor of [...this.conductors]) {
        const unread = stages.conduct.inputs.filter((topic) => this.unread(conductor, topic));
        const topic = unread[pick(unread.length)];
        if (topic === undefined) continue;
        progressed = true;
        this.readFrom(conductor, topic);
        afterEach();
      }
      if (this.work()) progressed = true;
      if (!progressed) return;
    }
  }

  /** Lets the wall clock of every conductor show this time. */
  tick(nowMs: number): void {
    for (const conductor of this.conductors) this.append(...conductor.driver.tick(nowMs));
  }

  private unread(conductor: Conductor, topic: string): boolean {
    return (conductor.read.get(topic) ?? 0) < this.topic(topic).length;
  }

  private readFrom(conductor: Conductor, topic: string): boolean {
    const position = conductor.read.get(topic) ?? 0;
    const record = this.topic(topic)[position];
    if (record === undefined) return false;
    conductor.read.set(topic, position + 1);
    this.append(...conductor.driver.give(record as Given<ConductTopic>));
    return true;
  }

  /** Workers: each task is done once, whoever handed it out and however often. */
  private work(): boolean {
    let worked = false;
    for (const output of [...this.topic('refine.tasks'), ...this.topic('render.tasks')]) {
      if (output.topic !== 'refine.tasks' && output.topic !== 'render.tasks') continue;
      if (this.finished.has(output.record.taskId)) continue;
      this.finished.add(output.record.taskId);
      this.append(
        output.topic === 'refine.tasks' ? refined(output.record) : rendered(output.record, this.renderError()),
      );
      worked = true;
    }
    return worked;
  }
}

export function refined(task: Extract<Output, { topic: 'refine.tasks' }>['record'], error = ''): Output {
  const { taskId, highlightId, revision, run, startMs, peakMs, endMs } = task;
  const ids = { taskId, highlightId, revision, run, streamId, channelId };
  const outcome = error === '' ? 'done' : 'failed';
  const result = { outcome, error, startMs: startMs - 1_000, peakMs, endMs, title: 'refined', tags: [] };
  const record = {
    ...ids,
    ...result,
    reasons: [],
    refinedBy: 'heuristics',
    bytesFetched: 0,
    bytesNeeded: 0,
    wallMs: 1,
  };
  return { topic: 'highlights.refined', key: channelId, record };
}

export function rendered(task: Extract<Output, { topic: 'render.tasks' }>['record'], error: string): Output {
  const { taskId, clipId, highlightId, revision, run, preset, startMs, peakMs, endMs, title, rank } = task;
  const ids = { taskId, clipId, highlightId, revision, run, streamId, channelId, preset, startMs, peakMs, endMs };
  const sizes = { headMs: 0, durationMs: endMs - startMs, bytes: 1, bytesFetched: 0, bytesNeeded: 0, cpuSeconds: 0 };
  const files = { video: `${clipId}.mp4`, poster: `${clipId}.jpg`, sha256: '', wallMs: 1, onDiskAtMs: endMs };
  const outcome = error === '' ? 'done' : 'failed';
  return {
    topic: 'clips.rendered',
    key: channelId,
    record: { ...ids, title, rank, outcome, error, ...sizes, ...files },
  };
}

export function detected(highlightId: string, peakSec: number, score = 1): Output {
  const peakMs = zeroAtMs + peakSec * 1_000;
  const record: DetectedHighlight = {
    highlightId,
    run: 'live',
    streamId,
    channelId,
    startMs: peakMs - 17_000,
    peakMs,
    endMs: peakMs - 4_000,
    score,
    threshold: 0.2,
    emittedAtMs: peakMs + 2_000,
    contributions: { intercept: score },
    model: 'f10-1',
    terms: [],
  };
  return { topic: 'highlights.detected', key: channelId, record };
}

export function credits(refine: number, render: number): Output[] {
  return (['refine', 'render'] as const).map((role) => ({
    topic: 'workers.status',
    key: '0',
    record: { nodeId: 'node', role, partition: 0, capacity: role === 'refine' ? refine : render, atMs: 0 },
  }));
}

/** A person's command; `expectedRevision` is what the person saw, null for whatever is there. */
export function command(
  highlightId: string,
  kind: string,
  expectedRevision: number | null = null,
  [startSec, endSec]: readonly [number, number] = [90, 120],
): Output {
  const ids = { commandId: `${kind} ${highlightId}`, streamId, channelId, highlightId };
  const bounds =
    kind === 'trim'
      ? { startMs: zeroAtMs + startSec * 1_000, endMs: zeroAtMs + endSec * 1_000 }
      : { startMs: null, endMs: null };
  const record = { ...ids, ...bounds, kind, actor: 'ada', expectedRevision, reason: '', issuedAtMs: 0 };
  return { topic: 'operator.commands', key: channelId, record };
}

export function openedFile(durationSec: number): Output {
  const opened = {
    uri: '/vod.mp4',
    type: 'file',
    clock: 'offset',
    zeroAtMs,
    offsetMs: 0,
    hasVideo: true,
    hasAudio: true,
    source: null,
  };
  const record: ArchiveEvent = {
    eventId: 'opened',
    streamId,
    channelId,
    atMs: 0,
    kind: 'opened',
    opened: { ...opened, durationMs: durationSec * 1_000 },
    segment: null,
    ended: null,
    sound: null,
  };
  return { topic: 'archive.events', key: channelId, record };
}

export function settings(fields: Partial<ChannelSettings>): Output {
  const defaults = { highlightsPerHour: 6, latenessMs: 2_000, category: '', scorerVersion: '', hold: 'online', top: 0 };
  const record: ChannelSettings = { channelId, effectiveAtMs: 0, ...defaults, presets: [], ...noLimits, ...fields };
  return { topic: 'channel.settings', key: channelId, record };
}

/** A ranking of these candidates, best first: [highlight id, peak second]. */
export function ranking(candidates: readonly (readonly [string, number])[]): Output {
  const rows = candidates.map(([highlightId, peakSec], index): RankedCandidate => {
    const peakMs = zeroAtMs + peakSec * 1_000;
    const times = { startMs: peakMs - 22_000, peakMs, endMs: peakMs - 4_000 };
    const score = candidates.length - index;
    return { rank: index + 1, highlightId, emitted: false, ...times, score, contributions: {}, terms: [] };
  });
  const fates = { read: 0, processed: 0, late: 0, duplicate: 0, deadLettered: 0, ignored: 0 };
  const base = { run: 'live', streamId, channelId, model: 'f10-1', zeroAtMs, firstMs: zeroAtMs, lastMs: zeroAtMs };
  return { topic: 'highlights.ranked', key: channelId, record: { ...base, candidates: rows, fates } };
}
