import { askResults } from '../../adapters/clickhouse/ask.ts';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ResultRow } from '../../ports/results.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { openClusterResults } from '../node/results.ts';

/** Asks the results in SQL; whole numbers of 64 bits come as text. */
export type Ask = (sql: string) => Promise<readonly ResultRow[]>;

/** The results of the configured ClickHouse, or of the data folder, also while another process owns that. */
export async function withResults<R>(
  { config, log, signal }: { readonly config: Config; readonly log: Logger; readonly signal: AbortSignal },
  use: (ask: Ask) => Promise<R>,
): Promise<R> {
  if (config.cluster?.clickhouse === undefined) {
    return use(async (query) =>
      rowsOf(await askResults({ dataDir: config.data.dir, query, format: 'JSONEachRow', signal })),
    );
  }
  const lifecycle = new Lifecycle(log);
  try {
    const results = await openClusterResults(config.cluster, lifecycle);
    return await use((sql) => results.query(sql));
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

function rowsOf(answer: Buffer): readonly ResultRow[] {
  const lines = answer.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ResultRow);
}

/** A text as it stands in SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
