import { join } from 'node:path';
import { type ChdbEngine, openChdb } from '../../adapters/clickhouse/chdb.ts';
import { clickhouseResults } from '../../adapters/clickhouse/results.ts';
import type { Results } from '../../ports/results.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';

export interface OpenResults {
  readonly engine: ChdbEngine;
  readonly results: Results;
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
