import { join } from 'node:path';
import { retentionOfTables } from '../../../topology/retention.ts';
import type { Question } from '../../adapters/clickhouse/ask.ts';
import { askServer } from '../../adapters/clickhouse/askserver.ts';
import { boundedResults } from '../../adapters/clickhouse/bounded.ts';
import { openChdb } from '../../adapters/clickhouse/chdb.ts';
import { removeDatabase } from '../../adapters/clickhouse/database.ts';
import type { ClickHouseEngine } from '../../adapters/clickhouse/engine.ts';
import { openClickHouse } from '../../adapters/clickhouse/http.ts';
import { clickhouseResults } from '../../adapters/clickhouse/results.ts';
import { systemClock } from '../../adapters/embedded/clock.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Results } from '../../ports/results.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { allocatedBytes } from '../checks/usage.ts';
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

/** Asks a cluster's results in SQL, read-only; bytes in the format. */
export async function askCluster(cluster: ClusterConfig, question: Omit<Question, 'dataDir'>): Promise<Buffer> {
  const { engine, database } = serverOf(cluster);
  try {
    return await askServer(engine, database, question);
  } finally {
    await engine.close();
  }
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

export interface ResultsFolder {
  /** The data folder. */
  readonly folder: string;
  /** Hours of topics and tables, where they are not the default. */
  readonly retentionHours: Readonly<Record<string, number>>;
  /** Most that the results may take of it. */
  readonly capBytes: number;
  readonly clock: Clock;
}

/** The configured data folder's results, for a command that opens no more of it. */
export const configuredResults = ({ data, topology }: Config): ResultsFolder => ({
  folder: data.dir,
  retentionHours: topology.retentionHours,
  capBytes: sharesOf(data.capBytes, data.cacheCapBytes).results,
  clock: systemClock,
});

/** The results of a data folder, migrated, within their share and with the configured retention. This process owns them until the lifecycle stops. */
export async function openResults(options: ResultsFolder, lifecycle: Lifecycle): Promise<OpenResults> {
  const { retentionHours, capBytes, clock } = options;
  const folder = join(options.folder, 'results');
  const engine = await openChdb(folder);
  await lifecycle.start('results engine', () => ({ value: engine, stop: () => engine.close() }));
  const bound = { engine, capBytes, usedBytes: () => allocatedBytes(folder), clock };
  const results = boundedResults(clickhouseResults({ engine }), bound);
  await lifecycle.start('results', () => ({ value: results, stop: () => results.close() }));
  await results.migrate();
  await keep(results, retentionHours);
  return { engine, results };
}

/** Rows that are older than their table keeps them go when the engine merges, as on a server. */
async function keep(results: Results, retentionHours: Readonly<Record<string, number>>): Promise<void> {
  const found = await results.retention();
  for (const [table, hours] of retentionOfTables(retentionHours)) {
    if ((found.get(table) ?? null) !== hours) await results.retain(table, hours);
  }
}
