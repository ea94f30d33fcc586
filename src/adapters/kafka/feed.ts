import { CliptideError } from '../../domain/errors.ts';
import type { LogRecord } from '../../ports/eventlog.ts';
import type { FetchedPartition, KafkaMessage } from './internals.ts';
import { behind } from './reader.ts';
import { toLogRecord } from './records.ts';

/** A feed that holds this much is not fetched for. */
const enoughBytes = 4 << 20;

export interface FeedOptions {
  readonly topic: string;
  /** Kafka's name of the topic. */
  readonly wire: string;
  /** The id that the topic must have; undefined where brokers tell none. */
  readonly topicId: string | undefined;
  readonly partition: number;
  /** A compacted topic has holes; in any other one a hole is a loss. */
  readonly compacted: boolean;
}

/** What is fetched of one partition of one topic and was not taken yet. */
export class Feed {
  readonly topic: string;
  readonly wire: string;
  readonly topicId: string | undefined;
  readonly partition: number;
  readonly #compacted: boolean;
  #buffer: LogRecord[] = [];
  #taken = 0;
  #bytes = 0;
  /** Offset to fetch next; undefined until it is known where to begin. */
  #next: number | undefined;
  #failure: CliptideError | undefined;

  constructor({ topic, wire, topicId, partition, compacted }: FeedOptions) {
    this.topic = topic;
    this.wire = wire;
    this.topicId = topicId;
    this.partition = partition;
    this.#compacted = compacted;
  }

  get next(): number | undefined {
    return this.#next;
  }

  get isWanted(): boolean {
    return this.#next !== undefined && this.#failure === undefined && !this.isFull;
  }

  get isFull(): boolean {
    return this.#bytes >= enoughBytes;
  }

  /** Records that were fetched and not taken. */
  get size(): number {
    return this.#buffer.length - this.#taken;
  }

  get failure(): CliptideError | undefined {
    return this.size === 0 ? this.#failure : undefined;
  }

  /** Goes on from here; what was fetched is forgotten. */
  seek(offset: number): void {
    this.#buffer = [];
    this.#taken = 0;
    this.#bytes = 0;
    this.#next = offset;
    this.#failure = undefined;
  }

  fail(failure: CliptideError): void {
    this.#failure = failure;
  }

  /**
   * Takes the answer to a fetch from an offset in; an answer that comes after a seek is of no use. Its high watermark says
   * nothing of a loss: that of a new leader lies behind until its followers have fetched.
   */
  deposit(from: number, { messages }: FetchedPartition): boolean {
    if (from !== this.#next) return false;
    if (messages.length === 0) return false;
    const fresh = messages.filter(({ offset }) => Number(offset) >= from);
    const first = Number(fresh[0]?.offset ?? from);
    if (!this.#compacted && first > from) return this.#lost(from, first);
    this.#take(fresh);
    this.#next = Math.max(from + 1, behind(messages));
    return true;
  }

  /** Moves up to this many records into a list. */
  drain(into: LogRecord[], maxRecords: number): void {
    const until = Math.min(this.#buffer.length, this.#taken + maxRecords - into.length);
    for (; this.#taken < until; this.#taken++) {
      const record = this.#buffer[this.#taken] as LogRecord;
      this.#bytes -= record.value?.length ?? 0;
      into.push(record);
    }
    // While more comes in than is taken it is never empty; what was taken must not stay until it is.
    if (this.#taken * 2 < this.#buffer.length) return;
    this.#buffer = this.#buffer.slice(this.#taken);
    this.#taken = 0;
  }

  #take(messages: readonly KafkaMessage[]): void {
    for (const message of messages) {
      if (message.isControlRecord) continue;
      this.#bytes += message.value?.length ?? 0;
      this.#buffer.push(toLogRecord(this.topic, this.partition, message));
    }
  }

  #lost(from: number, found: number): true {
    this.#failure = new CliptideError('offset-range', `offset ${from} comes next, but the log goes on at ${found}`, {
      where: `${this.wire}, partition ${this.partition}`,
      hint: 'records were removed or the topic was made anew: see `cliptide recover --accept-gap`',
    });
    return true;
  }
}
