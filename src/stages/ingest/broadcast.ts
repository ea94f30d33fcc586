import type { ChannelSettings } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SchemaCodec } from '../../ports/codec.ts';
import type { EventLog } from '../../ports/eventlog.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';

/** A broadcast as its sources begin. Times are event time, milliseconds since 1970-01-01 UTC. */
export interface Broadcast {
  readonly streamId: string;
  readonly channelId: string;
  /** The chat's zero. */
  readonly zeroAtMs: number;
  /** The first event; earlier than the zero where a file has negative offsets. */
  readonly firstAtMs: number;
  readonly category: string;
  readonly title: string;
  readonly settings: ChannelSettings;
}

export interface IngestDependencies {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly pseudonym: (user: string) => string;
  /** As for the other stages. */
  readonly waitsForSpace?: boolean | undefined;
}
