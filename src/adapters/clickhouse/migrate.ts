import type { ClickHouseClient } from '@clickhouse/client';
import { CliptideError } from '../../domain/errors.ts';
import { makeDatabase } from './database.ts';
import { databaseName, defaultDatabase } from './engine.ts';
import { fromClickHouse } from './failures.ts';
import { type Migration, readMigrations } from './migrationfiles.ts';

const ledger = `CREATE TABLE IF NOT EXISTS cliptide.migrations
(number UInt32, name String, checksum String, applied_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY number`;

interface Target {
  readonly client: ClickHouseClient;
  readonly database: string;
}

/**
 * Applies the migrations of a folder that were not applied before, in order; `cliptide.` in them stands for the
 * database. Each statement may run again, so a crash between a migration and its entry is harmless. Rejects with
 * `corrupt` when an applied file was changed since.
 */
export async function migrate(client: ClickHouseClient, folder: string, database = defaultDatabase): Promise<void> {
  const migrations = await readMigrations(folder);
  const target = { client, database: databaseName(database) };
  await makeDatabase(client, database);
  await run(target, ledger, 'migrations');
  const applied = await appliedChecksums(target);
  for (const migration of migrations) {
    const checksum = applied.get(migration.number);
    if (checksum === undefined) await apply(target, migration);
    else if (checksum !== migration.checksum) throw changed(migration);
  }
}

async function apply(target: Target, migration: Migration): Promise<void> {
  const { client, database } = target;
  for (const statement of migration.statements) await run(target, statement, migration.name);
  const { number, name, checksum } = migration;
  try {
    const values = [{ number, name, checksum }];
    await client.insert({ table: `${database}.migrations`, values, format: 'JSONEachRow' });
  } catch (error) {
    throw fromClickHouse(error, name);
  }
}

async function appliedChecksums({ client, database }: Target): Promise<ReadonlyMap<number, string>> {
  try {
    const query = `SELECT number, checksum FROM ${database}.migrations FINAL`;
    const answer = await client.query({ query, format: 'JSONEachRow' });
    const rows = await answer.json<{ number: number; checksum: string }>();
    return new Map(rows.map((row) => [Number(row.number), row.checksum]));
  } catch (error) {
    throw fromClickHouse(error, 'migrations');
  }
}

/** The files say `cliptide.`: what was applied keeps its text, and so its checksum, whatever the database is called. */
async function run({ client, database }: Target, statement: string, where: string): Promise<void> {
  try {
    await client.command({ query: statement.replace(/\bcliptide\./g, `${database}.`) });
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
