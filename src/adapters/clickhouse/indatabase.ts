import { randomUUID } from 'node:crypto';
import type { createClient } from '@clickhouse/client';
import { databaseName } from './engine.ts';

/** What carries a client's statements to chDB. */
export type InProcess = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

/** A connection with a current database: chDB cannot be told one when it is opened, only by a statement afterwards. */
export function inDatabase(connection: InProcess, database: string): InProcess {
  const query = `USE ${databaseName(database)}`;
  let using: Promise<unknown> | undefined;
  const use = async (): Promise<void> => {
    using ??= connection.command({ query, query_id: randomUUID() });
    try {
      await using;
    } catch (error) {
      using = undefined;
      throw error;
    }
  };
  return {
    ping: (params) => connection.ping(params),
    query: (params) => use().then(() => connection.query(params)),
    insert: (params) => use().then(() => connection.insert(params)),
    command: (params) => use().then(() => connection.command(params)),
    exec: (params) => use().then(() => connection.exec(params)),
    close: () => connection.close(),
  };
}
