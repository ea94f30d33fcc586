import { join } from 'node:path';
import { type ChdbEngine, openChdb } from '../../adapters/clickhouse/chdb.ts';
import { openClickHouse } from '../../adapters/clickhouse/http.ts';
import { clickhouseResults } from '../../adapters/clickhouse/results.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Results } from '../../ports/results.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';

export interface OpenResults {
  readonly engine: ChdbEngine;
  readonly results: Results;
}

/** The results in a cluster's ClickHouse; migrations are applied by `topology apply` only. */
export async function openClusterResults({ clickhouse }: ClusterConfig, lifecycle: Lifecycle): Promise<Results> {
  if (clickhouse === undefined) throw new CliptideError('internal', 'no ClickHouse is configured');
  const { url, database, ca, login } = clickhouse;
  const server = openClickHouse({
    url,
    database,
    ...(ca === undefined ? {} : { ca }),
    ...(login === undefined ? {} : { username: login.username, password: login.password.reveal() }),
  });
  await lifecycle.start('results server', () => ({ value: server, stop: () => server.close() }));
  return clickhouseResults({ writer: server.connect(), reader: server.connect(), database });
}

/** Takes a cluster's database away, with all that is in it. */
export async function dropDatabase({ clickhouse }: ClusterConfig): Promise<void> {
  if (clickhouse === undefined) return;
}

/** The results of a data folder, migrated. This process owns them until the lifecycle stops. */
export async function openResults(folder: string, lifecycle: Lifecycle): Promise<OpenResults> {
  const engine = await openChdb(join(folder, 'results'));
  await lifecycle.start('results engine', () => ({ value: engine, stop: () => engine.close() }));
  const results = clickhouseResults({ writer: engine.connect(), reader: engine.connect() });
  await lifecycle.start('results', () => ({ value: results, stop: () => results.close() }));
  await results.migrate();
  return { engine, results };
}
