import { type Fault, keyFault, migrationFault, partitionFault, policyFault, schemaFault } from './planfaults.ts';
import type { ClusterState, Settings, Wanted, WantedTopic } from './planstate.ts';
import { tableHours } from './retention.ts';

/** One thing to do; none of them takes anything away. */
export type Step =
  | { readonly step: 'create-topic'; readonly subject: string; readonly text: string; readonly topic: WantedTopic }
  | { readonly step: 'alter-config'; readonly subject: string; readonly text: string; readonly settings: Settings }
  | { readonly step: 'record-key'; readonly subject: string; readonly text: string; readonly key: string }
  | { readonly step: 'register-schema'; readonly subject: string; readonly text: string; readonly schema: string }
  | { readonly step: 'migrate'; readonly subject: string; readonly text: string }
  | {
      readonly step: 'set-retention';
      readonly subject: string;
      readonly text: string;
      readonly table: string;
      readonly hours: number | null;
    };

export interface Plan {
  readonly steps: readonly Step[];
  /** While there is one, nothing is applied. */
  readonly refusals: readonly Fault[];
  /** Topics under the prefix that the topology does not know. They are left alone. */
  readonly undeclared: readonly string[];
}

/** What makes the cluster as it should be, and what stands against it. */
export function planOf(wanted: Wanted, state: ClusterState): Plan {
  const names = new Set(wanted.topics.map(({ name }) => name));
  const faults = [
    ...wanted.topics.flatMap((topic) => topicFaults(topic, state)),
    ...[...wanted.schemas.keys()].map((subject) => schemaFault(subject, state.schemas.get(subject))),
    ...wanted.migrations.map((migration) => migrationFault(migration, state.migrations.get(migration.number))),
  ];
  return {
    steps: [
      ...wanted.topics.flatMap((topic) => topicSteps(topic, state)),
      ...wanted.topics.flatMap((topic) => keySteps(topic, state)),
      ...[...wanted.schemas].flatMap(([subject, text]) => schemaSteps(subject, text, state)),
      ...migrationSteps(wanted, state),
      ...retentionSteps(wanted, state),
    ],
    refusals: faults.filter((fault) => fault !== undefined),
    undeclared: [...state.topics.keys()].filter((name) => !names.has(name)).sort(),
  };
}

function topicFaults(topic: WantedTopic, { topics, keys }: ClusterState): (Fault | undefined)[] {
  const { name, key, partitions, settings } = topic;
  const found = topics.get(name);
  return [
    keyFault(name, key, keys.get(name)),
    ...(found === undefined
      ? []
      : [partitionFault(name, partitions, found.partitions), policyFault(name, settings, found.settings)]),
  ];
}

function topicSteps(topic: WantedTopic, { topics }: ClusterState): Step[] {
  const { name: subject, partitions } = topic;
  const found = topics.get(subject);
  if (found === undefined) {
    const text = `create topic ${subject} with ${partitions} partitions (${list(topic.settings)})`;
    return [{ step: 'create-topic', subject, text, topic }];
  }
  const differing = Object.entries(topic.settings).filter(
    ([name, value]) => name !== 'cleanup.policy' && found.settings[name] !== value,
  );
  if (differing.length === 0) return [];
  const changes = differing.map(([name, value]) => `${name} from ${found.settings[name] ?? 'nothing'} to ${value}`);
  const text = `change ${changes.join(', ')} of topic ${subject}${expiring(topic.settings, found.settings)}`;
  return [{ step: 'alter-config', subject, text, settings: Object.fromEntries(differing) }];
}

/** Kafka's own clean-up follows a shorter retention; who sets one should have read so. */
function expiring(wanted: Settings, found: Settings): string {
  const [to, from] = [Number(wanted['retention.ms']), Number(found['retention.ms'])];
  return to >= 0 && (from < 0 || from > to) ? '; Kafka will then let go of records that are older' : '';
}

function keySteps({ name: subject, key }: WantedTopic, { keys }: ClusterState): Step[] {
  if (keys.has(subject)) return [];
  return [{ step: 'record-key', subject, text: `put on record that topic ${subject} is keyed by ${key}`, key }];
}

function schemaSteps(subject: string, schema: string, { schemas }: ClusterState): Step[] {
  const state = schemas.get(subject) ?? 'absent';
  if (state !== 'absent' && state !== 'compatible') return [];
  const text = `register ${state === 'absent' ? 'the first' : 'a new'} version of schema ${subject}`;
  return [{ step: 'register-schema', subject, text, schema }];
}

function migrationSteps({ migrations }: Wanted, state: ClusterState): Step[] {
  const pending = migrations.filter(({ number }) => !state.migrations.has(number)).map(({ name }) => name);
  if (pending.length === 0) return [];
  return [{ step: 'migrate', subject: 'ClickHouse', text: `apply migrations ${pending.join(', ')} to ClickHouse` }];
}

/** A table that is still to be made begins with the defaults of the migrations. */
function retentionSteps({ retention }: Wanted, state: ClusterState): Step[] {
  const defaults: ReadonlyMap<string, number | null> = new Map(Object.entries(tableHours));
  return [...retention].flatMap(([table, hours]): Step[] => {
    const found = state.retention.get(table) ?? (state.retention.has(table) ? null : (defaults.get(table) ?? null));
    if (found === hours) return [];
    const isShorter = hours !== null && (found === null || found > hours);
    const end = isShorter ? '; ClickHouse will then let go of rows that are older' : '';
    const text = `change what table ${table} keeps from ${kept(found)} to ${kept(hours)}${end}`;
    return [{ step: 'set-retention', subject: `results.${table}`, text, table, hours }];
  });
}

const kept = (hours: number | null): string => (hours === null ? 'everything' : `${hours} hours`);

const list = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
