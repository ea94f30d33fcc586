import type { ClickHouseClient } from '@clickhouse/client';
import type { ResultRow, Results } from '../../ports/results.ts';
import { type ClickHouseEngine, databaseName, defaultDatabase } from './engine.ts';
import { fromClickHouse } from './failures.ts';
import { migrate } from './migrate.ts';
import { migrationsFolder } from './migrationfiles.ts';
import { readRetention, setRetention } from './retention.ts';

export interface ResultsOptions {
  /** chDB in process, or a server; what is opened here is closed with the results. */
  readonly engine: ClickHouseEngine;
  /** Database of the tables and views; `cliptide` unless given. */
  readonly database?: string;
  /** Where the migrations are; the ones that come with Cliptide unless given. */
  readonly migrations?: string;
}

/** Rows of one statement: large enough for the engine, small enough for the memory. */
const rowsPerInsert = 2000;

const readerSettings = {
  final: 1,
  output_format_json_quote_64bit_integers: 1,
  // Shorter than a server's client waits for an answer, so that the server is the one to give up.
  max_execution_time: 25,
} as const;

/** The results in ClickHouse. In a query names without a database are those of the results. */
export function clickhouseResults({ engine, database = defaultDatabase, migrations }: ResultsOptions): Results {
  const name = databaseName(database);
  const writer = engine.connect();
  const reader = engine.connect(name);
  return {
    migrate: () => migrate(writer, migrations ?? migrationsFolder(), name),
    insert: async (table, rows) => {
      for (let from = 0; from < rows.length; from += rowsPerInsert) {
        await insertBatch(writer, `${name}.${table}`, table, rows.slice(from, from + rowsPerInsert));
      }
    },
    retention: () => readRetention(writer, name),
    retain: (table, hours) => setRetention(writer, name, table, hours),
    query: async (query, params) => {
      try {
        const answer = await reader.query({
          query,
          format: 'JSONEachRow',
          clickhouse_settings: readerSettings,
          ...(params === undefined ? {} : { query_params: { ...params } }),
        });
        return await answer.json<ResultRow>();
      } catch (error) {
        throw fromClickHouse(error, 'query');
      }
    },
    close: async () => {
      await Promise.all([writer.close(), reader.close()]);
    },
  };
}

async function insertBatch(
  writer: ClickHouseClient,
  table: string,
  where: string,
  values: readonly ResultRow[],
): Promise<void> {
  try {
    await writer.insert({
      table,
      values: [...values],
      format: 'JSONEachRow',
      // The rows are in the table when it resolves, not in a queue.
      clickhouse_settings: { async_insert: 0 },
    });
  } catch (error) {
    throw fromClickHouse(error, where);
  }
}
