import { join } from 'node:path';
import { resultsEnvironment, topologyEnvironment } from '../../../support/cluster/environment.ts';
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
  return {
    query: store.results.query,
    env: {
      ...topologyEnvironment(topology),
      ...resultsEnvironment(clickhouse, store),
      CLIPTIDE_CLIPS_DIR: join(folder, 'clips'),
      CLIPTIDE_HTTP_PORT: '0',
      CLIPTIDE_USER_KEY: 'a key of the benchmark',
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}
