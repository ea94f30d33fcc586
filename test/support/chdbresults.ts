import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChdb } from '../../src/adapters/clickhouse/chdb.ts';
import type { ClickHouseEngine } from '../../src/adapters/clickhouse/engine.ts';
import { clickhouseResults } from '../../src/adapters/clickhouse/results.ts';
import type { Results } from '../../src/ports/results.ts';

export interface ChdbResults {
  readonly folder: string;
  readonly engine: ClickHouseEngine;
  readonly results: Results;
  close(): Promise<void>;
}

/** Migrated results in a folder of their own. chDB binds one folder a process: one of these a test file. */
export async function chdbResults(): Promise<ChdbResults> {
  const folder = await mkdtemp(join(tmpdir(), 'cliptide-results-'));
  const engine = await openChdb(join(folder, 'results'));
  const results = clickhouseResults({ engine });
  await results.migrate();
  const close = async (): Promise<void> => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { folder, engine, results, close };
}
