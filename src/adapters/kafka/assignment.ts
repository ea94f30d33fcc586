import { CliptideError } from '../../domain/errors.ts';
import type { Assignment, LogRecord, Offsets, PollOptions } from '../../ports/eventlog.ts';
import type { Feed } from './feed.ts';
import type { Pump } from './pump.ts';
import type { Reader } from './reader.ts';

/** What an assignment asks of the member that it belongs to. */
export interface Membered {
  readonly group: string;
  committed(topics: readonly string[], partition: number): Promise<Offsets>;
  /** Rejects with `fenced` when the group went on without this member. */
  commit(partition: number, offsets: Offsets, lost: AbortSignal): Promise<void>;
  /** Resolves when no rebalance is under way. */
  settled(): Promise<void>;
}

export interface AssignmentParts {
  readonly partition: number;
  readonly epoch: number;
  readonly lost: AbortSignal;
  /** In the order of the consumer's topics. */
  readonly feeds: readonly Feed[];
  readonly pump: Pump;
  readonly reader: Reader;
  readonly member: Membered;
}

export class KafkaAssignment implements Assignment {
  readonly partition: number;
  readonly epoch: number;
  readonly lost: AbortSignal;
  readonly #parts: AssignmentParts;
  /** Whether its owner may be at work on what a poll gave: after a poll returned, until the next one. */
  #isBusy = false;
  #parked: () => void = () => undefined;

  constructor(parts: AssignmentParts) {
    this.#parts = parts;
    this.partition = parts.partition;
    this.epoch = parts.epoch;
    this.lost = parts.lost;
  }

  /** Resolves when its owner waits for records, and so has nothing under way. */
  idle(): Promise<void> {
    if (!this.#isBusy || this.lost.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#parked = resolve;
    });
  }

  async committed(): Promise<Offsets> {
    this.#mustOwn();
    const topics = this.#parts.feeds.map(({ topic }) => topic);
    return this.#parts.member.committed(topics, this.partition);
  }

  seek(topic: string, offset: number): void {
    this.#mustOwn();
    this.#feed(topic).seek(offset);
    this.#parts.pump.poke();
  }

  async poll({ maxRecords, waitMs, topics }: PollOptions): Promise<readonly LogRecord[]> {
    this.#mustOwn();
    this.#isBusy = false;
    this.#parked();
    const { feeds, pump, member } = this.#parts;
    const wanted = topics === undefined ? feeds : feeds.filter(({ topic }) => topics.includes(topic));
    await this.#position(wanted);
    await member.settled();
    if (waitMs <= 0) await this.#fetchNow(wanted, maxRecords);
    let records = this.#take(wanted, maxRecords);
    const untilMs = performance.now() + waitMs;
    while (records.length === 0) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) break;
      await pump.wait(leftMs, this.lost);
      await member.settled();
      records = this.#take(wanted, maxRecords);
    }
    this.#mustOwn();
    this.#isBusy = true;
    return records;
  }

  async commit(offsets: Offsets): Promise<void> {
    this.#mustOwn();
    for (const topic of Object.keys(offsets)) this.#feed(topic);
    await this.#parts.member.commit(this.partition, offsets, this.lost);
  }

  /** Where no seek said it: at the commit, else at the first record. */
  async #position(feeds: readonly Feed[]): Promise<void> {
    const unknown = feeds.filter(({ next }) => next === undefined);
    if (unknown.length === 0) return;
    const committed = await this.committed();
    for (const feed of unknown) {
      const offset = committed[feed.topic] ?? (await this.#parts.reader.bounds(feed.topic, this.partition)).start;
      if (feed.next === undefined) feed.seek(offset);
    }
    this.#parts.pump.poke();
  }

  #take(feeds: readonly Feed[], maxRecords: number): LogRecord[] {
    this.#mustOwn();
    const records: LogRecord[] = [];
    for (const feed of feeds) {
      if (feed.failure !== undefined && records.length === 0) throw feed.failure;
      feed.drain(records, maxRecords);
      if (records.length >= maxRecords) break;
    }
    if (records.length > 0) this.#parts.pump.poke();
    return records;
  }

  /** What is there now and was not fetched yet. */
  async #fetchNow(feeds: readonly Feed[], maxRecords: number): Promise<void> {
    for (const feed of feeds) {
      const from = feed.next;
      if (feed.size === 0 && from !== undefined && feed.isWanted) {
        feed.deposit(from, await this.#parts.reader.messages(feed.topic, this.partition, from));
      }
      if (feed.size >= maxRecords) return;
    }
  }

  #feed(topic: string): Feed {
    const feed = this.#parts.feeds.find((candidate) => candidate.topic === topic);
    if (feed !== undefined) return feed;
    throw new CliptideError('internal', `group ${this.#parts.member.group} does not consume topic ${topic}`);
  }

  #mustOwn(): void {
    if (!this.lost.aborted) return;
    throw new CliptideError('fenced', `partition ${this.partition} is no longer this member's`, {
      where: `group ${this.#parts.member.group}, epoch ${this.epoch}`,
    });
  }
}
