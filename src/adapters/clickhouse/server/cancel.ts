import { setTimeout as delay } from 'node:timers/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { SqlException } from './refusal.ts';

/** Between two looks for queries that began after the last one, in milliseconds. */
const againMs = 100;

export const cancelled = (): SqlException => new SqlException(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled.');

/**
 * Ends, once the signal aborts, the queries whose connection has this mark as its `log_comment`. The engine in process
 * has no other way to be stopped than its own KILL QUERY. What is returned ends the watch; when it settles nothing of it
 * is under way any more.
 */
export function endOnAbort(
  connect: () => ClickHouseClient,
  mark: string,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  let isOver = false;
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    const client = connect();
    try {
      while (!isOver) {
        await client.command({ query: `KILL QUERY WHERE Settings['log_comment'] = '${mark}' ASYNC` });
        if (!isOver) await delay(againMs);
      }
    } finally {
      await client.close();
    }
  };
  const onAbort = (): void => {
    ending = end();
    ending.catch(() => undefined);
  };
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return async () => {
    isOver = true;
    signal?.removeEventListener('abort', onAbort);
    await ending;
  };
}
