import type { ClickHouseClient } from '@clickhouse/client';
import type { ResultRow, Results } from '../../ports/results.ts';
import { fromClickHouse } from './failures.ts';
import { migrate } from './migrate.ts';
import { migrationsFolder } from './migrationfiles.ts';

export interface ResultsClients {
  readonly writer: ClickHouseClient;
  readonly reader: ClickHouseClient;
  /** Where the migrations are; the ones that come with Cliptide unless given. */
  readonly migrations?: string;
}

/** Rows of one statement: large enough for the engine, small enough for the memory. */
const rowsPerInsert = 2000;

const readerSettings = {
  final: 1,
  output_format_json_quote_64bit_integers: 1,
  max_execution_time: 60,
} as const;

/**
 * The results in ClickHouse. Which one it is (chDB in process, or a server) is decided by the clients' connection; the
 * clients are closed with it.
 */
export function clickhouseResults(clients: ResultsClients): Results {
  const { writer, reader } = clients;
  return {
    migrate: () => migrate(writer, clients.migrations ?? migrationsFolder()),
    insert: async (table, rows) => {
      for (let from = 0; from < rows.length; from += rowsPerInsert) {
        await insertBatch(writer, table, rows.slice(from, from + rowsPerInsert));
      }
    },
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

async function insertBatch(writer: ClickHouseClient, table: string, values: readonly ResultRow[]): Promise<void> {
  try {
    await writer.insert({
      table: `cliptide.${table}`,
      values: [...values],
      format: 'JSONEachRow',
      // The rows are in the table when it resolves, not in a queue.
      clickhouse_settings: { async_insert: 0 },
    });
  } catch (error) {
    throw fromClickHouse(error, table);
  }
}
