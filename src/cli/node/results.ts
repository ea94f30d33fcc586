import { join } from 'node:path';
import { openChdb } from '../../adapters/clickhouse/chdb.ts';
import { removeDatabase } from '../../adapters/clickhouse/database.ts';
import type { ClickHouseEngine } from '../../adapters/clickhouse/engine.ts';
import { openClickHouse } from '../../adapters/clickhouse/http.ts';
import { clickhouseResults } from '../../adapters/clickhouse/results.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Results } from '../../ports/results.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { clickhouseServer } from './servers.ts';

export interface OpenResults {
  readonly engine: ClickHouseEngine;
  readonly results: Results;
}

/** The results in a cluster's ClickHouse; migrations are applied by `topology apply` only. */
export async function openClusterResults(cluster: ClusterConfig, lifecycle: Lifecycle): Promise<Results> {
  const { engine, database } = serverOf(cluster);
  await lifecycle.start('results server', () => ({ value: engine, stop: () => engine.close() }));
  return clickhouseResults({ engine, database });
}

/** Takes a cluster's database away, with all that is in it. */
export async function dropDatabase(cluster: ClusterConfig): Promise<void> {
  if (cluster.clickhouse === undefined) return;
  const { engine, database } = serverOf(cluster);
  try {
    await removeDatabase(engine.connect(), database);
  } finally {
    await engine.close();
  }
}

function serverOf({ clickhouse }: ClusterConfig): { readonly engine: ClickHouseEngine; readonly database: string } {
  if (clickhouse === undefined) throw new CliptideError('internal', 'no ClickHouse is configured');
  return { engine: openClickHouse(clickhouseServer(clickhouse)), database: clickhouse.database };
}

/** The results of a data folder, migrated. This process owns them until the lifecycle stops. */
export async function openResults(folder: string, lifecycle: Lifecycle): Promise<OpenResults> {
  const engine = await openChdb(join(folder, 'results'));
  await lifecycle.start('results engine', () => ({ value: engine, stop: () => engine.close() }));
  const results = clickhouseResults({ engine });
  await lifecycle.start('results', () => ({ value: results, stop: () => results.close() }));
  await results.migrate();
  return { engine, results };
}
