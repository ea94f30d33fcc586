import { randomUUID } from 'node:crypto';
import { removeDatabase } from '../../src/adapters/clickhouse/database.ts';
import type { ClickHouseEngine } from '../../src/adapters/clickhouse/engine.ts';
import { type ClickHouseServer, openClickHouse } from '../../src/adapters/clickhouse/http.ts';
import { clickhouseResults } from '../../src/adapters/clickhouse/results.ts';
import type { Results } from '../../src/ports/results.ts';

export interface ServerResults {
  readonly database: string;
  readonly engine: ClickHouseEngine;
  readonly results: Results;
  /** Drops the database. */
  close(): Promise<void>;
}

/** A server by an address with user and password in it, as tests are given it. */
function serverAt(address: string): ClickHouseServer {
  const { origin, username, password } = new URL(address);
  return { url: origin, username, password };
}

/** Migrated results on a server, in a database of their own. */
export async function serverResults(address: string): Promise<ServerResults> {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const engine = openClickHouse(serverAt(address));
  const results = clickhouseResults({ engine, database });
  await results.migrate();
  const close = async (): Promise<void> => {
    await removeDatabase(engine.connect(), database);
    await engine.close();
  };
  return { database, engine, results, close };
}
