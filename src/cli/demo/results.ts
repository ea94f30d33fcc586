import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ResultRow, Results } from '../../ports/results.ts';

const lookEveryMs = 100;
const deadlineMs = 20_000;

/** Waits until the results hold as many clips as were made, and their moments' ends; rejects with `timeout`. */
export async function resultsHold(results: Results, clips: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const untilMs = clock.now() + deadlineMs;
  while (clock.now() < untilMs) {
    const [row] = await results.query(
      "SELECT count() AS clips, uniqExactIf(highlight_id, state != 'rendered') AS open FROM clips FINAL " +
        "INNER JOIN moments USING (highlight_id) WHERE outcome = 'done'",
    );
    if (Number(row?.clips) >= clips && Number(row?.open) === 0) return;
    await clock.sleep(lookEveryMs, signal);
  }
  throw new CliptideError('timeout', `the results do not hold the ${clips} clips after ${deadlineMs / 1000} s`);
}

/** What the demo asks of ClickHouse, and what it is told. */
export async function ask(results: Results): Promise<{ readonly sql: string; readonly rows: readonly ResultRow[] }> {
  // The made broadcast begins at a full hour, so that minutes and seconds are its own.
  const sql =
    "SELECT formatDateTime(peak_at, '%i:%S') AS chat_peak, round(score, 2) AS score, state, title FROM moments ORDER BY peak_at";
  return { sql, rows: await results.query(sql) };
}
