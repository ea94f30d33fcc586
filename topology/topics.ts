import type { SchemaRecords } from '../src/domain/records.gen.ts';

export type SchemaName = keyof SchemaRecords;

/** A topic as data. Every topic of the pipeline has `partitions` of the topology and is keyed by `key`. */
export interface TopicSpec {
  readonly schema: SchemaName;
  /** The field whose value is the record's key, and so decides its partition; `state` for changelogs. */
  readonly key: 'channelId' | 'gapId' | 'letterId' | 'partition' | 'run' | 'sourceId' | 'state';
  /** `delete` keeps records for `retentionHours`; `compact` keeps the newest of each key. */
  readonly cleanup: 'delete' | 'compact';
  readonly retentionHours?: number;
  /** Who, outside the topology's stages, writes or reads it. */
  readonly externalWriters?: readonly string[];
  readonly externalReaders?: readonly string[];
}

const days = (count: number): number => count * 24;
const people = ['operators', 'other systems'];

const stageTopics = {
  'live.analytics': {
    schema: 'live.analytics',
    key: 'channelId',
    cleanup: 'delete',
    retentionHours: days(3),
    externalWriters: people,
  },
  'archive.events': {
    schema: 'archive.events',
    key: 'channelId',
    cleanup: 'delete',
    retentionHours: days(14),
    externalWriters: people,
  },
  'channel.settings': { schema: 'channel.settings', key: 'channelId', cleanup: 'compact', externalWriters: people },
  'operator.commands': {
    schema: 'operator.commands',
    key: 'channelId',
    cleanup: 'delete',
    retentionHours: days(30),
    externalWriters: people,
  },
  'operator.replays': {
    schema: 'operator.replays',
    key: 'letterId',
    cleanup: 'delete',
    // Longer than dead letters, so that none is sent again for want of its mark.
    retentionHours: days(30),
    externalWriters: ['cliptide dead replay'],
    externalReaders: ['cliptide dead'],
  },
  'operator.gaps': {
    schema: 'operator.gaps',
    key: 'gapId',
    cleanup: 'compact',
    externalWriters: ['cliptide recover'],
  },
  'streams.seconds': { schema: 'streams.seconds', key: 'channelId', cleanup: 'delete', retentionHours: days(3) },
  'highlights.detected': {
    schema: 'highlights.detected',
    key: 'channelId',
    cleanup: 'delete',
    retentionHours: days(30),
  },
  'highlights.ranked': { schema: 'highlights.ranked', key: 'channelId', cleanup: 'delete', retentionHours: days(30) },
  'highlights.journal': { schema: 'highlights.journal', key: 'channelId', cleanup: 'delete', retentionHours: days(90) },
  'streams.ended': { schema: 'streams.ended', key: 'channelId', cleanup: 'delete', retentionHours: days(90) },
  'refine.tasks': { schema: 'refine.tasks', key: 'channelId', cleanup: 'delete', retentionHours: days(7) },
  'highlights.refined': { schema: 'highlights.refined', key: 'channelId', cleanup: 'delete', retentionHours: days(30) },
  'render.tasks': { schema: 'render.tasks', key: 'channelId', cleanup: 'delete', retentionHours: days(7) },
  'clips.rendered': { schema: 'clips.rendered', key: 'channelId', cleanup: 'delete', retentionHours: days(30) },
  'workers.status': { schema: 'workers.status', key: 'partition', cleanup: 'delete', retentionHours: days(1) },
  timers: { schema: 'timers', key: 'channelId', cleanup: 'delete', retentionHours: days(30) },
  attempts: { schema: 'attempts', key: 'channelId', cleanup: 'delete', retentionHours: days(30) },
  'budget.entries': {
    schema: 'budget.entries',
    key: 'channelId',
    cleanup: 'delete',
    retentionHours: days(90),
    externalReaders: ['the quota ledger, when it is rebuilt'],
  },
  'ingest.positions': { schema: 'ingest.positions', key: 'sourceId', cleanup: 'compact' },
  runs: {
    schema: 'runs',
    key: 'run',
    cleanup: 'delete',
    retentionHours: days(90),
    externalWriters: ['every process, at its start and its end'],
  },
} satisfies Readonly<Record<string, TopicSpec>>;

export type StageTopic = keyof typeof stageTopics;

/** Names of the stages; each has a folder of the same name under `src/stages`. */
export const stageNames = ['ingest', 'score', 'conduct', 'refine', 'render', 'record', 'keep', 'notify'] as const;
export type StageName = (typeof stageNames)[number];

/** What a process can be given to do; `keep` comes with `record`. */
export type RoleName = Exclude<StageName, 'keep'>;

/** Stages that keep state, and so have a changelog topic. */
export const statefulStages = ['score', 'conduct'] as const;
export type StatefulStageName = (typeof statefulStages)[number];

export type DeadLetterTopic = `${StageName}.dead`;
export type ChangelogTopic = `${StatefulStageName}.changelog`;
export type TopicName = StageTopic | DeadLetterTopic | ChangelogTopic;

export const deadLetterTopic = (stage: StageName): DeadLetterTopic => `${stage}.dead`;
export const changelogTopic = (stage: StatefulStageName): ChangelogTopic => `${stage}.changelog`;

const deadLetterSpec: TopicSpec = {
  schema: 'dead-letters',
  key: 'channelId',
  cleanup: 'delete',
  retentionHours: days(14),
  externalReaders: ['operators'],
};
const changelogSpec: TopicSpec = { schema: 'changelogs', key: 'state', cleanup: 'compact' };

/** Every topic by its name. */
export const topics: Readonly<Record<TopicName, TopicSpec>> = {
  ...stageTopics,
  ...(Object.fromEntries(stageNames.map((stage) => [deadLetterTopic(stage), deadLetterSpec])) as Record<
    DeadLetterTopic,
    TopicSpec
  >),
  ...(Object.fromEntries(statefulStages.map((stage) => [changelogTopic(stage), changelogSpec])) as Record<
    ChangelogTopic,
    TopicSpec
  >),
};

/** Number of partitions of every topic; one number, so that all inputs of a stage are co-partitioned. */
export const defaultPartitions = 4;

/** The record type that a topic carries. */
export type RecordOf<T extends TopicName> = T extends StageTopic
  ? SchemaRecords[(typeof stageTopics)[T]['schema']]
  : T extends DeadLetterTopic
    ? SchemaRecords['dead-letters']
    : SchemaRecords['changelogs'];
