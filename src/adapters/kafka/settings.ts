import type { ITopicConfig } from 'kafkajs';
import type { TopicDeclaration } from '../../ports/eventlog.ts';

/** Kafka's settings of a topic, by name. */
export type Settings = Readonly<Record<string, string>>;

/**
 * Compaction leaves the segment alone that is written to, so it must not stay that one for long; and a start reads the
 * whole topic, so a tenth of it may be old values, not half.
 */
const compacted = {
  'min.cleanable.dirty.ratio': '0.1',
  'segment.bytes': String(128 * 1024 * 1024),
  'segment.ms': String(24 * 3_600_000),
};

/** Kafka's settings of a topic. Append times are the broker's, so that a time can be searched for. */
export function topicSettings({ cleanup, retentionMs }: TopicDeclaration): Settings {
  return {
    'cleanup.policy': cleanup,
    'retention.ms': String(cleanup === 'compact' ? -1 : (retentionMs ?? -1)),
    'message.timestamp.type': 'LogAppendTime',
    ...(cleanup === 'compact' ? compacted : {}),
  };
}

/** A topic as kafkajs creates it; with the broker's default of replicas. */
export const topicConfig = (topic: string, partitions: number, settings: Settings): ITopicConfig => ({
  topic,
  numPartitions: partitions,
  replicationFactor: -1,
  configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
});
