import { afterEach, beforeEach } from 'vitest';
import type {
  AppendRecord,
  Assignment,
  Consumer,
  EventLog,
  LogRecord,
  TopicDeclaration,
} from '../../../src/ports/eventlog.ts';

/** What an adapter's test hands to the contract. Each test opens its own. */
export interface EventLogHarness {
  /** A log in which no topic or group of the contract's exists yet. */
  readonly log: EventLog;
  /** Closes the log and opens it again over the same data; `log` is then the new one. */
  reopen(): Promise<void>;
  /** Resolves when the log's clock shows a later millisecond. */
  passTime(): Promise<void>;
  /** Removes every record that the topic holds now, as its retention would. */
  expire(topic: string): Promise<void>;
  /** Resolves when compaction has gone over what the topic holds now. */
  compact(topic: string): Promise<void>;
  close(): Promise<void>;
}

export type OpenEventLog = () => Promise<EventLogHarness>;

/** What a test of the contract works with; a fresh one each. */
export interface Bench {
  readonly log: EventLog;
  readonly harness: EventLogHarness;
  /** Declares a topic of 4 partitions that keeps its records for an hour, or differs as given. */
  declare(name: string, changes?: Partial<TopicDeclaration>): Promise<void>;
  /** Appends texts under a key to a partition; resolves with their offsets. */
  append(topic: string, partition: number, ...texts: string[]): Promise<readonly number[]>;
  /** Joins a group; the assignments are collected. */
  join(group: string, ...topics: string[]): Member;
}

export interface Member {
  readonly consumer: Consumer;
  readonly assignments: Assignment[];
  /** Its newest assignment of a partition, once it is there. */
  own(partition: number): Promise<Assignment>;
  /** Resolves when it owns this many partitions. */
  owns(count: number): Promise<void>;
}

/** Opens a log before each test and closes it after. */
export function useBench(open: OpenEventLog): Bench {
  let harness: EventLogHarness;
  beforeEach(async () => {
    harness = await open();
  });
  afterEach(() => harness.close());
  return {
    get log() {
      return harness.log;
    },
    get harness() {
      return harness;
    },
    declare: (name, changes = {}) =>
      harness.log.declare([{ name, partitions: 4, cleanup: 'delete', retentionMs: 3_600_000, ...changes }]),
    append: (topic, partition, ...texts) => harness.log.append(texts.map((text) => record(topic, partition, text))),
    join: (group, ...topics) => join(harness.log.consumer({ group, topics })),
  };
}

function join(consumer: Consumer): Member {
  const assignments: Assignment[] = [];
  let heard: () => void = () => undefined;
  consumer.assignments.subscribe((assignment) => {
    assignments.push(assignment);
    heard();
  });
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        heard = resolve;
        for (const { lost } of assignments) lost.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  };
  const owned = (): Assignment[] => assignments.filter(({ lost }) => !lost.aborted);
  return {
    consumer,
    assignments,
    own: (partition) => until(() => owned().find((assignment) => assignment.partition === partition)),
    owns: async (count) => {
      await until(() => (owned().length === count ? true : undefined));
    },
  };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = ({ value }: LogRecord): string | null => (value === null ? null : new TextDecoder().decode(value));
export const texts = (records: readonly LogRecord[]): (string | null)[] => records.map(text);

export function record(topic: string, partition: number, value: string | null, key = 'key'): AppendRecord {
  return { topic, partition, key, value: value === null ? null : bytes(value) };
}

/** The next records within ten seconds. */
export const next = (assignment: Assignment, topics?: readonly string[]): Promise<readonly LogRecord[]> =>
  assignment.poll({ maxRecords: 100, waitMs: 10_000, ...(topics && { topics }) });

/** What is there now. */
export const now = (assignment: Assignment, maxRecords = 100): Promise<readonly LogRecord[]> =>
  assignment.poll({ maxRecords, waitMs: 0 });
