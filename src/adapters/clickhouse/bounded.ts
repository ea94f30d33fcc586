import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Results } from '../../ports/results.ts';
import { type ClickHouseEngine, defaultDatabase } from './engine.ts';
import { fromClickHouse } from './failures.ts';

export interface ResultsBound {
  readonly engine: ClickHouseEngine;
  /** Most that the engine's folder may hold. */
  readonly capBytes: number;
  /** What the engine's folder holds, in allocated blocks. */
  readonly usedBytes: () => Promise<number>;
  readonly clock: Clock;
}

/** The tables that grow with time rather than with what was found, and the time by which their rows grow old. */
const growing = { seconds: 'recorded_at', attempts: 'started_at', dead_letters: 'at' } as const;
type Growing = keyof typeof growing;

/** How long, and for how many rows, a look at the disk holds. */
const holdsMs = 5_000;
const holdsRows = 20_000;

/** Merging writes parts again before the old ones go: all of them at most. */
const activeShare = 1 / 2;

/** How often a batch goes in although the folder holds too much. */
const wakesMs = 15_000;

/**
 * Results that keep to their share of the disk: before they are full, the oldest rows of the growing tables go (a quarter
 * of the largest, until they fit); what was found stays. `insert` rejects with `unavailable` while the folder holds more
 * than its share (but for a batch now and then), so that who records waits and nothing is lost.
 */
export function boundedResults(results: Results, { engine, capBytes, usedBytes, clock }: ResultsBound): Results {
  const writer = engine.connect();
  const command = async (query: string): Promise<void> => {
    try {
      await writer.command({ query });
    } catch (error) {
      throw fromClickHouse(error, 'making room');
    }
  };
  let [lookedAtMs, insertedAtMs, rowsSince] = [Number.NEGATIVE_INFINITY, clock.now(), 0];

  const makeRoom = async (): Promise<void> => {
    for (let sizes = await activeBytes(results); sizes.all > capBytes * activeShare; ) {
      const [largest] = sizes.growing;
      if (largest === undefined) return;
      await dropOldest(results, command, largest);
      const left = await activeBytes(results);
      if (left.all >= sizes.all) return;
      sizes = left;
    }
  };
  const mustFit = async (rows: number): Promise<void> => {
    rowsSince += rows;
    if (clock.now() - lookedAtMs < holdsMs && rowsSince < holdsRows) return;
    await makeRoom();
    const used = await usedBytes();
    if (used <= capBytes) [lookedAtMs, rowsSince] = [clock.now(), 0];
    // The engine takes old parts away while it works, and sleeps ever longer without: a batch now and then wakes it.
    else if (clock.now() - insertedAtMs < wakesMs) throw full(used, capBytes);
  };
  return {
    ...results,
    insert: async (table, rows) => {
      await mustFit(rows.length);
      insertedAtMs = clock.now();
      await results.insert(table, rows);
    },
    close: async () => {
      await writer.close();
      await results.close();
    },
  };
}

const full = (used: number, cap: number): CliptideError =>
  new CliptideError('unavailable', `the results take ${used} bytes of the disk, and may take ${cap}`, {
    hint: 'old files go within a minute; if this stays, raise dataCapBytes, of which they have an eighth',
  });

/** Bytes of the parts that are in use: of all tables, and the growing ones with rows, largest first. */
async function activeBytes(results: Results): Promise<{ readonly all: number; readonly growing: readonly Growing[] }> {
  const rows = await results.query(
    `SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE database = currentDatabase() AND active AND rows > 0 GROUP BY table ORDER BY bytes DESC`,
  );
  const names = rows.map(({ table }) => String(table));
  return {
    all: rows.reduce((sum, { bytes }) => sum + Number(bytes), 0),
    growing: names.filter((name): name is Growing => Object.hasOwn(growing, name)),
  };
}

/** Lets about a quarter of a table's rows go, the oldest; those of one second go together. */
async function dropOldest(results: Results, command: (sql: string) => Promise<void>, table: Growing): Promise<void> {
  const time = growing[table];
  const [row] = await results.query(
    `SELECT count() AS rows, toUInt32(quantile(0.25)(toUnixTimestamp(${time}))) AS second FROM ${table}`,
  );
  if (row === undefined || Number(row.rows) === 0) return;
  await command(
    `ALTER TABLE ${defaultDatabase}.${table} DELETE WHERE toUnixTimestamp(${time}) <= ${Number(row.second)}
     SETTINGS mutations_sync = 1`,
  );
}
