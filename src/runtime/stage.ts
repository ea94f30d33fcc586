import type { RecordOf, StageName, StatefulStageName, TopicName } from '../../topology/topics.ts';
import type { Metrics } from '../ports/metrics.ts';

/** A decoded record of one of a stage's inputs. */
export type Input<T extends TopicName = TopicName> = {
  readonly [K in T]: {
    readonly topic: K;
    readonly partition: number;
    readonly offset: number;
    readonly key: string;
    readonly record: RecordOf<K>;
  };
}[T];

/** A record to append. */
export type Output<T extends TopicName = TopicName> = {
  readonly [K in T]: {
    readonly topic: K;
    readonly key: string;
    readonly record: RecordOf<K>;
    /** Only where the key does not decide it. */
    readonly partition?: number;
  };
}[T];

/** Access to the other states of the same partition. */
export interface StageContext<S> {
  readonly partition: number;
  /** The state of another key, or undefined; a caller that changes it calls `changed`. */
  peek(key: string): S | undefined;
  /** Marks a key's state as changed, so that the next checkpoint writes it. */
  changed(key: string): void;
  keys(): Iterable<string>;
}

/**
 * A stage whose state is kept by key (`streamId`, or a name of the stage's own such as `channel:ID`) and made durable
 * by the runtime. Everything here is synchronous and deterministic: it reads no clock and no chance.
 */
export interface StatefulStage<S, T extends TopicName = TopicName> {
  readonly name: StatefulStageName;
  /** Input topics; records of earlier ones are processed first during recovery. */
  readonly inputs: readonly T[];
  /** With this input the partition is read to its end before any other one (a journal). */
  readonly recoverFirst?: T;
  readonly stateVersion: number;
  keyOf(input: Input<T>): string;
  create(key: string): S;
  encode(state: S): Uint8Array;
  /** Accepts `stateVersion` and the one before it. */
  decode(bytes: Uint8Array, version: number): S;
  /** Changes the state in place and returns what to append. Throws `damaged` for a record to be dead-lettered. */
  process(input: Input<T>, state: S, context: StageContext<S>): readonly Output[];
  /** Whether only a small marker of it needs to be kept. */
  isClosed(state: S): boolean;
  /** Wall-clock decisions, as records to append; asked about once a second. It must not change a state. */
  tick?(nowMs: number, context: StageContext<S>): readonly Output[];
  /** Tells figures of its own; asked about once a second and at the end. It must not change a state either. */
  measure?(metrics: Metrics, nowMs: number, context: StageContext<S>): void;
}

/** What a worker's step knows about its try. */
export interface Try {
  /** 1 is the first. */
  readonly number: number;
  /** Aborts at the step's deadline and when the worker stops. */
  readonly signal: AbortSignal;
  /** Tells what it has taken so far, which is on the record also when it fails. */
  readonly spent: (cost: Partial<TryCost>) => void;
}

/** What a try takes. */
export interface TryCost {
  readonly bytesFetched: number;
  readonly cpuSeconds: number;
}

/** What a try gave. */
export interface TaskResult extends TryCost {
  readonly outputs: readonly Output[];
}

/** The fields that every task has. */
export interface TaskRecord {
  readonly taskId: string;
  readonly highlightId: string;
  readonly run: string;
  readonly streamId: string;
  readonly channelId: string;
}

/** A stage that works on tasks, many at a time, each until it is done or failed for good. */
export interface WorkerStage<T extends TopicName> {
  readonly name: StageName & ('refine' | 'render');
  readonly input: T;
  /** The topic in which a finished task is known by its `taskId`. */
  readonly finishedIn: TopicName;
  /** How long one try may take, in milliseconds. */
  deadlineMs(task: RecordOf<T> & TaskRecord): number;
  /** One try. Rejects with a transient code to be tried again; with any other to fail. */
  run(task: RecordOf<T> & TaskRecord, attempt: Try): Promise<TaskResult>;
  /** What to append when a task failed for good. */
  failed(task: RecordOf<T> & TaskRecord, error: Error): readonly Output[];
}

/**
 * A record as a sink gets it: with the wall clock of its append, in milliseconds since 1970-01-01 UTC. It can be told,
 * and is the same at every replay; what steers the pipeline never sees it.
 */
export type SinkInput<T extends TopicName = TopicName> = Input<T> & { readonly appendedAtMs: number };

/** A stage that hands records to a store outside, batch by batch. */
export interface SinkStage {
  readonly name: StageName;
  readonly inputs: readonly TopicName[];
  /** What it waits for while its store is away. */
  readonly waitsFor: 'results' | 'webhook' | 'clips';
  /** The most records of one batch. */
  readonly maxBatch: number;
  /**
   * Resolves when the batch is durable there; the same batch twice changes nothing. Rejects with a transient code while
   * the store is away: offsets are held and the batch is handed in again. `stopping` aborts when the stage stops: what
   * has not been confirmed soon after is given up, and handed in again at the next start.
   */
  handle(batch: readonly SinkInput[], stopping?: AbortSignal): Promise<void>;
}
