import { type StageSpec, stages, stagesOf } from '../../../topology/graph.ts';
import { stageNames, type TopicName, topics } from '../../../topology/topics.ts';
import type { RoleName } from '../../config/keys.ts';
import { groupOf } from '../../runtime/dependencies.ts';
import { backfillGroup } from '../backfill/group.ts';

/** Who needs rights: a role, whoever looks after it (`lag`, `dead`, `recover`...), a backfill, or who applies the topology. */
export type Subject = RoleName | 'operator' | 'backfill' | 'apply';

/** What somebody needs of each service; names are the topology's, without a prefix. */
export interface Rights {
  readonly subject: Subject;
  readonly kafka: readonly KafkaRight[];
  /** Whether it counts quota in Redis. */
  readonly redis: boolean;
  readonly clickhouse: readonly ClickHouseRight[];
}

export interface KafkaRight {
  readonly resource: 'topic' | 'group';
  readonly operations: readonly string[];
  readonly names: readonly string[];
  /** Whether every name that begins so is meant. */
  readonly prefixed?: true;
}

export interface ClickHouseRight {
  readonly privileges: readonly string[];
  /** `*` is all of the database. */
  readonly tables: readonly string[];
}

const everyTopic = Object.keys(topics) as TopicName[];
/** Who watches a source says what becomes of it. */
const announced: readonly TopicName[] = ['highlights.detected', 'clips.rendered'];

/** The least that each role needs. `tables` are those of the results. */
export function rightsOf(roles: readonly RoleName[], tables: readonly string[]): readonly Rights[] {
  const own = roles.map((role) => ({
    subject: role,
    kafka: kafkaOf(role),
    redis: role === 'refine' || role === 'render' || role === 'record',
    clickhouse: resultsOf(role, tables),
  }));
  return [...own, operating, backfilling(tables), applying];
}

function kafkaOf(role: RoleName): readonly KafkaRight[] {
  const own = stagesOf(role);
  const { inputs, outputs, tables } = usedBy(own.map((name) => stages[name]));
  const read = [...new Set([...inputs, ...tables, ...(role === 'ingest' ? announced : [])])];
  // Every process says when it begins and ends.
  const written = [...new Set<TopicName>([...outputs, 'runs'])];
  const groups = own.filter((name) => stages[name].inputs.length > 0).map((name) => groupOf('live', name));
  const rights: readonly KafkaRight[] = [
    // Every process makes sure at its start that the topics are as they should be.
    { resource: 'topic', operations: ['Describe'], names: everyTopic },
    { resource: 'topic', operations: ['Read'], names: read },
    { resource: 'topic', operations: ['Write'], names: written },
    { resource: 'group', operations: ['Read'], names: groups },
  ];
  return rights.filter(({ names }) => names.length > 0);
}

const usedBy = (specs: readonly StageSpec[]) => ({
  inputs: specs.flatMap(({ inputs }) => inputs),
  outputs: specs.flatMap(({ outputs }) => outputs),
  tables: specs.flatMap(({ tables = [] }) => tables),
});

function resultsOf(role: RoleName, tables: readonly string[]): readonly ClickHouseRight[] {
  if (role === 'record') return [{ privileges: ['INSERT'], tables }];
  return role === 'api' ? [{ privileges: ['SELECT'], tables: ['*'] }] : [];
}

const consuming = stageNames.filter((stage) => stages[stage].inputs.length > 0);

/** What is sent again or restored goes to the inputs of stages; what was done is put on record. */
const operating: Rights = {
  subject: 'operator',
  kafka: [
    { resource: 'topic', operations: ['Describe', 'Read'], names: everyTopic },
    {
      resource: 'topic',
      operations: ['Write'],
      names: [...new Set<TopicName>([...consuming.flatMap((stage) => stages[stage].inputs), 'operator.replays'])],
    },
    { resource: 'group', operations: ['Describe'], names: consuming.map((stage) => groupOf('live', stage)) },
  ],
  redis: false,
  clickhouse: [],
};

/** With clips it needs what refine and render need of Redis, too. */
const backfilling = (tables: readonly string[]): Rights => ({
  subject: 'backfill',
  kafka: [
    { resource: 'topic', operations: ['Describe'], names: everyTopic },
    {
      resource: 'topic',
      operations: ['Read'],
      names: ['streams.ended', 'live.analytics', 'archive.events', 'channel.settings', 'runs'],
    },
    { resource: 'topic', operations: ['Write'], names: ['runs'] },
    { resource: 'group', operations: ['Read'], names: [backfillGroup], prefixed: true },
  ],
  redis: true,
  clickhouse: [
    { privileges: ['INSERT'], tables },
    { privileges: ['SELECT'], tables: ['*'] },
  ],
});

const applying: Rights = {
  subject: 'apply',
  kafka: [
    { resource: 'topic', operations: ['Create', 'Describe', 'DescribeConfigs', 'AlterConfigs'], names: everyTopic },
  ],
  redis: false,
  clickhouse: [
    {
      privileges: ['CREATE DATABASE', 'CREATE TABLE', 'CREATE VIEW', 'DROP VIEW', 'ALTER TABLE', 'SELECT'],
      tables: ['*'],
    },
    { privileges: ['INSERT'], tables: ['migrations'] },
  ],
};
