import { join } from 'node:path';
import { serverResults } from '../../../support/serverresults.ts';
import type { Cluster } from './services.ts';

export interface Installation extends AsyncDisposable {
  /** The configuration of its processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Everything that `cliptide` needs on a cluster: its topics, a database of its own, a folder of clips for all nodes. */
export async function installation({ topology, clickhouse }: Cluster, folder: string): Promise<Installation> {
  if (clickhouse === undefined) throw new Error('ClickHouse is not up: npm run services up');
  const store = await serverResults(clickhouse);
  const { origin, username, password } = new URL(clickhouse);
  return {
    query: store.results.query,
    env: {
      CLIPTIDE_KAFKA_BROKERS: topology.place.brokers.join(),
      CLIPTIDE_KAFKA_PREFIX: topology.place.prefix,
      CLIPTIDE_REGISTRY_URL: topology.place.registry,
      CLIPTIDE_CLICKHOUSE_URL: origin,
      CLIPTIDE_CLICKHOUSE_DATABASE: store.database,
      CLIPTIDE_CLICKHOUSE_USERNAME: username,
      CLIPTIDE_CLICKHOUSE_PASSWORD: password,
      CLIPTIDE_CLIPS_DIR: join(folder, 'clips'),
      CLIPTIDE_HTTP_PORT: '0',
      CLIPTIDE_USER_KEY: 'a key of the benchmark',
      CLIPTIDE_PARTITIONS: String(topology.place.partitions),
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}
