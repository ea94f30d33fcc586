import { type StageSpec, stages } from '../../../topology/graph.ts';
import { stageNames, type TopicName, topics } from '../../../topology/topics.ts';
import type { RoleName } from '../../config/keys.ts';
import { groupOf } from '../../runtime/dependencies.ts';

/** Who needs rights: a role of a process, whoever looks after it (`lag`, `dead`, `recover`...), or applies the topology. */
export type Subject = RoleName | 'operator' | 'apply';

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
    redis: role === 'refine' || role === 'render',
    clickhouse: resultsOf(role, tables),
  }));
  return [...own, operating, applying];
}

function kafkaOf(role: RoleName): readonly KafkaRight[] {
  const none = { inputs: [], outputs: [], tables: [] };
  const {
    inputs,
    outputs,
    tables = [],
  }: Pick<StageSpec, 'inputs' | 'outputs' | 'tables'> = role === 'api' ? none : stages[role];
  const read = [...new Set([...inputs, ...tables, ...(role === 'ingest' ? announced : [])])];
  // Every process says when it begins and ends.
  const written = [...new Set<TopicName>([...outputs, 'runs'])];
  const rights: readonly KafkaRight[] = [
    // Every process makes sure at its start that the topics are as they should be.
    { resource: 'topic', operations: ['Describe'], names: everyTopic },
    { resource: 'topic', operations: ['Read'], names: read },
    { resource: 'topic', operations: ['Write'], names: written },
    { resource: 'group', operations: ['Read'], names: inputs.length === 0 ? [] : [groupOf('live', role)] },
  ];
  return rights.filter(({ names }) => names.length > 0);
}

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
