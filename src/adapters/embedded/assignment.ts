import { setImmediate as nextTurn } from 'node:timers/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { Assignment, LogRecord, Offsets, PollOptions } from '../../ports/eventlog.ts';
import type { Commits } from './commits.ts';
import type { Partition } from './partition.ts';
import type { Wakeups } from './wakeups.ts';

export interface AssignmentParts {
  readonly group: string;
  readonly partition: number;
  readonly lost: AbortSignal;
  /** This partition of each of the consumer's topics, in the order of the spec. */
  readonly inputs: readonly Partition[];
  readonly commits: Commits;
  readonly wakeups: Wakeups;
}

export class EmbeddedAssignment implements Assignment {
  readonly partition: number;
  readonly epoch: number;
  readonly lost: AbortSignal;
  readonly #parts: AssignmentParts;
  /** Offset that is read next, by topic; absent until the first poll or seek. */
  readonly #positions = new Map<string, number>();

  constructor(parts: AssignmentParts) {
    this.#parts = parts;
    this.partition = parts.partition;
    this.lost = parts.lost;
    this.epoch = parts.commits.nextEpoch(parts.group, parts.partition);
  }

  async committed(): Promise<Offsets> {
    this.#mustOwn();
    return this.#parts.commits.committed(this.#parts.group, this.partition);
  }

  seek(topic: string, offset: number): void {
    this.#mustOwn();
    this.#input(topic);
    this.#positions.set(topic, offset);
  }

  async poll({ maxRecords, waitMs, topics }: PollOptions): Promise<readonly LogRecord[]> {
    this.#mustOwn();
    const { inputs, wakeups } = this.#parts;
    const wanted = topics?.map((topic) => this.#input(topic));
    const polled = wanted === undefined ? inputs : inputs.filter((input) => wanted.includes(input));
    // Reading is synchronous: without a turn of the loop here a long backlog would hold up timers and signals.
    await nextTurn();
    // How long was waited is not read from the clock, which may stand still or step back.
    for (let isOver = waitMs <= 0; ; ) {
      this.#mustOwn();
      const records = this.#take(polled, maxRecords);
      if (records.length > 0 || isOver) return records;
      isOver = !(await wakeups.wait(polled, waitMs, this.lost));
    }
  }

  async commit(offsets: Offsets): Promise<void> {
    this.#mustOwn();
    for (const topic of Object.keys(offsets)) this.#input(topic);
    this.#parts.commits.commit(this.#parts.group, this.partition, offsets);
  }

  #take(inputs: readonly Partition[], maxRecords: number): LogRecord[] {
    const records: LogRecord[] = [];
    for (const input of inputs) {
      if (records.length >= maxRecords) break;
      const position = this.#position(input);
      if (position === input.next) continue;
      const found = input.read(position, maxRecords - records.length);
      this.#positions.set(input.topic, (found.at(-1)?.offset ?? input.next - 1) + 1);
      for (const record of found) records.push(record);
    }
    return records;
  }

  #position(input: Partition): number {
    let position = this.#positions.get(input.topic);
    if (position === undefined) {
      position = this.#parts.commits.committed(this.#parts.group, this.partition)[input.topic] ?? input.start;
      this.#positions.set(input.topic, position);
    }
    if (position >= input.start && position <= input.next) return position;
    throw new CliptideError(
      'offset-range',
      `group ${this.#parts.group} is at offset ${position}, but the log holds ${input.start} to ${input.next}`,
      {
        where: `${input.topic}, partition ${this.partition}`,
        hint: 'records went before they were read: raise dataCapBytes or retentionHours, then accept the gap with `cliptide recover --accept-gap`',
      },
    );
  }

  #input(topic: string): Partition {
    const input = this.#parts.inputs.find((candidate) => candidate.topic === topic);
    if (input !== undefined) return input;
    throw new CliptideError('internal', `group ${this.#parts.group} does not consume topic ${topic}`);
  }

  #mustOwn(): void {
    if (!this.lost.aborted) return;
    throw new CliptideError('fenced', `partition ${this.partition} is no longer this member's`, {
      where: `group ${this.#parts.group}, epoch ${this.epoch}`,
    });
  }
}
