import type { StageSpec } from './graph.ts';
import type { TopicSpec } from './topics.ts';

/** A fault of the topology: what is wrong, with which topic or stage, and what to do. */
export interface Finding {
  readonly code:
    | 'unknown-topic'
    | 'not-written'
    | 'not-read'
    | 'schema-missing'
    | 'not-co-partitioned'
    | 'changelog-missing'
    | 'dead-letters-missing';
  readonly subject: string;
  readonly message: string;
  readonly hint: string;
}

export type Topics = Readonly<Record<string, TopicSpec>>;
/** Stages as data whose topics may not exist. */
export type Stages = Readonly<
  Record<string, Omit<StageSpec, Lists> & Readonly<Partial<Record<Lists, readonly string[]>>>>
>;
type Lists = 'inputs' | 'outputs' | 'tables';

export interface TopologyFacts {
  /** Names of the schemas that there are. */
  readonly schemas: ReadonlySet<string>;
  /** Partitions of topics that do not have the common number. */
  readonly partitions?: Readonly<Record<string, number>>;
}

/** Everything that is wrong with a topology; empty when all is well. */
export function checkTopology(topics: Topics, stages: Stages, facts: TopologyFacts): readonly Finding[] {
  return [
    ...Object.keys(stages).flatMap((stage) => [
      ...unknownTopics(stage, topics, stages),
      ...coPartitioning(stage, topics, stages, facts.partitions ?? {}),
      ...changelog(stage, topics, stages),
      ...deadLetters(stage, topics, stages),
    ]),
    ...Object.keys(topics).flatMap((topic) => [
      ...unused(topic, topics, stages),
      ...missingSchema(topic, topics, facts.schemas),
    ]),
  ];
}

const inputsOf = (stages: Stages, stage: string): readonly string[] => stages[stage]?.inputs ?? [];
const outputsOf = (stages: Stages, stage: string): readonly string[] => stages[stage]?.outputs ?? [];
const tablesOf = (stages: Stages, stage: string): readonly string[] => stages[stage]?.tables ?? [];

function unknownTopics(stage: string, topics: Topics, stages: Stages): Finding[] {
  const named = [...inputsOf(stages, stage), ...outputsOf(stages, stage), ...tablesOf(stages, stage)];
  return [...new Set(named)]
    .filter((topic) => !Object.hasOwn(topics, topic))
    .map((topic) => ({
      code: 'unknown-topic',
      subject: stage,
      message: `stage ${stage} uses topic ${topic}, which does not exist`,
      hint: 'declare the topic in topology/topics.ts, or correct its name',
    }));
}

function unused(topic: string, topics: Topics, stages: Stages): Finding[] {
  const names = Object.keys(stages);
  const { externalWriters = [], externalReaders = [] } = topics[topic] ?? {};
  const isWritten = externalWriters.length > 0 || names.some((stage) => outputsOf(stages, stage).includes(topic));
  const isRead =
    externalReaders.length > 0 ||
    names.some((stage) => [...inputsOf(stages, stage), ...tablesOf(stages, stage)].includes(topic));
  const findings: Finding[] = [];
  if (!isWritten) {
    const hint = 'name the stage or the external writer that writes it, or remove the topic';
    findings.push({ code: 'not-written', subject: topic, message: `nobody writes topic ${topic}`, hint });
  }
  if (!isRead) {
    const hint = 'name the stage or the external reader that reads it, or remove the topic';
    findings.push({ code: 'not-read', subject: topic, message: `nobody reads topic ${topic}`, hint });
  }
  return findings;
}

function missingSchema(topic: string, topics: Topics, schemas: ReadonlySet<string>): Finding[] {
  const schema = topics[topic]?.schema;
  if (schema === undefined || schemas.has(schema)) return [];
  const message = `topic ${topic} carries schema ${schema}, which is missing`;
  return [{ code: 'schema-missing', subject: topic, message, hint: `add schemas/${schema}.avsc` }];
}

/** One member gets partition p of all inputs, so p must mean the same in each of them. */
function coPartitioning(
  stage: string,
  topics: Topics,
  stages: Stages,
  partitions: Readonly<Record<string, number>>,
): Finding[] {
  const inputs = inputsOf(stages, stage).filter((topic) => Object.hasOwn(topics, topic));
  const counts = new Map(inputs.map((topic) => [topic, partitions[topic]]));
  const differ = new Set(counts.values()).size > 1;
  // A record keyed by `partition` names the partition itself. Only state depends on the key; a sink does not care.
  const keys = inputs.map((topic) => topics[topic]?.key).filter((key) => key !== 'partition');
  const keysDiffer = stages[stage]?.kind === 'stateful' && new Set(keys).size > 1;
  const finding = (message: string, hint: string): Finding => ({
    code: 'not-co-partitioned',
    subject: stage,
    message,
    hint,
  });
  const list = inputs.map((topic) => `${topic}: ${counts.get(topic) ?? 'the common number'}`).join(', ');
  return [
    ...(differ
      ? [finding(`the inputs of stage ${stage} differ in partitions (${list})`, 'give them the same number')]
      : []),
    ...(keysDiffer
      ? [
          finding(
            `the inputs of stage ${stage} have different keys (${[...new Set(keys)].join(', ')})`,
            'give them one key',
          ),
        ]
      : []),
  ];
}

function changelog(stage: string, topics: Topics, stages: Stages): Finding[] {
  if (stages[stage]?.kind !== 'stateful') return [];
  const topic = `${stage}.changelog`;
  const isWhole =
    topics[topic]?.cleanup === 'compact' &&
    outputsOf(stages, stage).includes(topic) &&
    tablesOf(stages, stage).includes(topic);
  if (isWhole) return [];
  const message = `stage ${stage} keeps state, but has no compacted topic ${topic} that it writes and reads`;
  return [{ code: 'changelog-missing', subject: stage, message, hint: `declare ${topic} as its output and table` }];
}

function deadLetters(stage: string, topics: Topics, stages: Stages): Finding[] {
  const topic = `${stage}.dead`;
  if (Object.hasOwn(topics, topic) && outputsOf(stages, stage).includes(topic)) return [];
  const message = `stage ${stage} has no dead-letter topic`;
  return [{ code: 'dead-letters-missing', subject: stage, message, hint: `declare ${topic} as its output` }];
}
