import type { Observable } from 'rxjs';

/** A record as it lies in the log. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Bytes in Confluent wire format; null is a tombstone in a compacted topic. */
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When it was appended, milliseconds since 1970-01-01 UTC. Scoring never reads it. */
  readonly appendedAtMs: number;
}

export interface AppendRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set only where the key does not decide the partition (changelogs, workers' status). */
  readonly partition?: number;
}

/** Next offset to read, by topic. */
export type Offsets = Readonly<Record<string, number>>;

/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** First offset that is still there, and the offset after the last record. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** Next offsets that a group has committed, by topic and then by partition; null where it has committed none. */
export type Committed = ReadonlyMap<string, readonly (number | null)[]>;

export interface TopicDeclaration {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs?: number;
}

export interface ConsumerSpec {
  readonly group: string;
  readonly topics: readonly string[];
}

export interface PollOptions {
  readonly maxRecords: number;
  /** How long to wait for a first record, in milliseconds; 0 does not wait. */
  readonly waitMs: number;
  /** Only these of the consumer's topics; all of them unless given. Earlier ones in the spec come first. */
  readonly topics?: readonly string[];
}

/**
 * One partition of all topics of a consumer, while this member owns it.
 * Every method rejects with `fenced` once `lost` is aborted.
 */
export interface Assignment {
  readonly partition: number;
  /** Grows with every assignment of this group's partition. */
  readonly epoch: number;
  readonly lost: AbortSignal;
  /** Committed next offsets; a topic without a commit is absent. */
  committed(): Promise<Offsets>;
  /** Next poll of this topic begins at this offset. Without a seek it begins at the commit, else at the first record. */
  seek(topic: string, offset: number): void;
  /**
   * Records in offset order within each topic, none skipped. Rejects with `offset-range` when the next record is
   * gone (retention), with `unavailable` when the log is away.
   */
  poll(options: PollOptions): Promise<readonly LogRecord[]>;
  commit(offsets: Offsets): Promise<void>;
}

export interface Consumer {
  /** Whether it is a member of its group now, also where no partition was left for it. */
  readonly hasJoined: boolean;
  /** One emission for each partition that this member is given, until `stop`. */
  readonly assignments: Observable<Assignment>;
  stop(): Promise<void>;
}

/** Partitioned, append-only topics with keys. Appends are durable when their promise resolves. */
export interface EventLog {
  declare(topics: readonly TopicDeclaration[]): Promise<void>;
  partitions(topic: string): number;
  /** Another one for a topic that was deleted and made again under its name; undefined where the log cannot tell. */
  topicId(topic: string): string | undefined;
  /** Partition that a key belongs to; the same for every topic with as many partitions. */
  partitionOf(topic: string, key: string): number;
  /** All or none, in order; resolves with the offsets. */
  append(records: readonly AppendRecord[]): Promise<readonly number[]>;
  bounds(topic: string, partition: number): Promise<Bounds>;
  /** Those of many partitions in the order of asking, for the price of one: a cluster is asked once a broker, not once each. */
  boundsOf(places: readonly TopicPartition[]): Promise<readonly Bounds[]>;
  /** Asks about a group from outside, whether or not it has members. */
  committedBy(group: string, topics: readonly string[]): Promise<Committed>;
  /** First offset whose append time is not earlier than this; the end if there is none. */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<number>;
  /** Records from an offset (or later, where a compacted topic has holes), without a group. */
  read(topic: string, partition: number, from: number, maxRecords: number): Promise<readonly LogRecord[]>;
  /** Removes the records below an offset for good (Kafka's DeleteRecords); who still needs them gets `offset-range`. */
  trim(topic: string, partition: number, before: number): Promise<void>;
  consumer(spec: ConsumerSpec): Consumer;
  close(): Promise<void>;
}
