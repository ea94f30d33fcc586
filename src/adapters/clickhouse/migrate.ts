import type { ClickHouseClient } from '@clickhouse/client';
import { CliptideError } from '../../domain/errors.ts';
import { fromClickHouse } from './failures.ts';
import { type Migration, readMigrations } from './migrationfiles.ts';

const ledger = `CREATE TABLE IF NOT EXISTS cliptide.migrations
(number UInt32, name String, checksum String, applied_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY number`;

/**
 * Applies the migrations of a folder that were not applied before, in order. Each statement may run again, so a crash
 * between a migration and its entry is harmless. Rejects with `corrupt` when an applied file was changed since.
 */
export async function migrate(client: ClickHouseClient, folder: string): Promise<void> {
  const migrations = await readMigrations(folder);
  await run(client, 'CREATE DATABASE IF NOT EXISTS cliptide', 'database');
  await run(client, ledger, 'migrations');
  const applied = await appliedChecksums(client);
  for (const migration of migrations) {
    const checksum = applied.get(migration.number);
    if (checksum === undefined) await apply(client, migration);
    else if (checksum !== migration.checksum) throw changed(migration);
  }
}

async function apply(client: ClickHouseClient, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await run(client, statement, migration.name);
  const { number, name, checksum } = migration;
  try {
    await client.insert({ table: 'cliptide.migrations', values: [{ number, name, checksum }], format: 'JSONEachRow' });
  } catch (error) {
    throw fromClickHouse(error, name);
  }
}

async function appliedChecksums(client: ClickHouseClient): Promise<ReadonlyMap<number, string>> {
  try {
    const query = 'SELECT number, checksum FROM cliptide.migrations FINAL';
    const answer = await client.query({ query, format: 'JSONEachRow' });
    const rows = await answer.json<{ number: number; checksum: string }>();
    return new Map(rows.map((row) => [Number(row.number), row.checksum]));
  } catch (error) {
    throw fromClickHouse(error, 'migrations');
  }
}

async function run(client: ClickHouseClient, query: string, where: string): Promise<void> {
  try {
    await client.command({ query });
  } catch (error) {
    throw fromClickHouse(error, where);
  }
}

function changed(migration: Migration): CliptideError {
  return new CliptideError('corrupt', 'a migration was changed after it was applied', {
    where: migration.name,
    hint: 'Put the file back as it was, and write the change as a new migration',
  });
}
