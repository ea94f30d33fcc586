import type { ClickHouseClient } from '@clickhouse/client';
import { databaseName } from './engine.ts';
import { fromClickHouse } from './failures.ts';

/** Makes a database where it is missing. One that is there is not asked for, since that needs the right to make them. */
export async function makeDatabase(client: ClickHouseClient, database: string): Promise<void> {
  try {
    const query = 'SELECT name FROM system.databases WHERE name = {database:String}';
    const answer = await client.query({ query, query_params: { database }, format: 'JSONEachRow' });
    const found = await answer.json();
    if (found.length === 0) await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${databaseName(database)}` });
  } catch (error) {
    throw fromClickHouse(error, `database ${database}`);
  }
}

/** Takes a database away, with all that is in it. */
export async function removeDatabase(client: ClickHouseClient, database: string): Promise<void> {
  try {
    await client.command({ query: `DROP DATABASE IF EXISTS ${databaseName(database)} SYNC` });
  } catch (error) {
    throw fromClickHouse(error, `database ${database}`);
  }
}
