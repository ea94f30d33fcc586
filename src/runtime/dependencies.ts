import type { Clock } from '../ports/clock.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog } from '../ports/eventlog.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { StageProgress } from './progress.ts';

/** What every kind of stage needs. */
export interface RuntimeDependencies {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly nodeId: string;
  /** The pass over the topics: `live` or the name of a backfill; part of every consumer group's name. */
  readonly run: string;
  /**
   * Whether it waits where the disk of the log or of the results is full: somebody may make room, and what is on air goes
   * on meanwhile. What is asked for once fails instead; so does everything unless given.
   */
  readonly waitsForSpace?: boolean | undefined;
}

/** One or more stages at work. */
export interface Running {
  /** How far each of them is. */
  readonly progress: readonly StageProgress[];
  /** Settles when it stopped: rejects with the error that stopped it. */
  readonly done: Promise<void>;
  /** Finishes what is in flight, commits, and resolves; `done` settles as well. */
  stop(): Promise<void>;
}

export const groupOf = (run: string, stage: string): string => `${run}.${stage}`;
