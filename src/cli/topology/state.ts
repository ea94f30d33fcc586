import type { ClusterState, Wanted } from '../../../topology/planstate.ts';
import type { ConfluentRegistry } from '../../adapters/avro/confluent.ts';
import { recordedKey } from '../../adapters/avro/keyrecord.ts';
import { schemaState } from '../../adapters/avro/schemastate.ts';
import { appliedMigrations } from '../../adapters/clickhouse/applied.ts';
import type { TopicAdmin } from '../../adapters/kafka/admin.ts';
import type { Results } from '../../ports/results.ts';

/** The services that a topology is applied to. */
export interface Services {
  readonly kafka: TopicAdmin;
  readonly registry: ConfluentRegistry;
  /** Undefined where no ClickHouse is configured. */
  readonly results: { readonly store: Results; readonly database: string } | undefined;
}

/** What the services have of what is wanted. Nothing is changed. */
export async function readState(wanted: Wanted, { kafka, registry, results }: Services): Promise<ClusterState> {
  const [topics, keys, schemas, migrations, retention] = await Promise.all([
    kafka.topics(),
    Promise.all(wanted.topics.map(async ({ name }) => [name, await recordedKey(registry, name)] as const)),
    Promise.all(
      [...wanted.schemas].map(async ([subject, text]) => {
        return [subject, await schemaState(registry, subject, text)] as const;
      }),
    ),
    results === undefined ? new Map<number, string>() : appliedMigrations(results.store, results.database),
    results === undefined ? new Map<string, number | null>() : results.store.retention(),
  ]);
  const isKnown = (entry: readonly [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;
  return { topics, keys: new Map(keys.filter(isKnown)), schemas: new Map(schemas), migrations, retention };
}
