import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { boundedResults } from '../../../src/adapters/clickhouse/bounded.ts';
import { allocatedBytes } from '../../../src/cli/checks/usage.ts';
import type { Results } from '../../../src/ports/results.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

let store: ChdbResults;
let used: () => Promise<number>;
beforeAll(async () => {
  store = await chdbResults();
  used = () => allocatedBytes(join(store.folder, 'results'));
});
afterAll(() => store.close());

/** Looks at the disk at each insert: its clock runs on by so much whenever it is asked. */
function bounded(capBytes: number, stepMs: number): Results {
  let nowMs = 0;
  const now = (): number => {
    nowMs += stepMs;
    return nowMs;
  };
  const clock = { now, sleep: (ms: number) => new VirtualClock().sleep(ms) };
  return boundedResults(store.results, { engine: store.engine, capBytes, usedBytes: used, clock });
}

const at = (second: number): string => new Date(second * 1_000).toISOString().replace('T', ' ').replace('Z', '');
const attempt = (number: number) => ({
  run: 'live',
  channel_id: 'c',
  stream_id: 's',
  highlight_id: `h${number}`,
  task_id: 't',
  attempt_id: `${number}`,
  started_at: at(1_700_000_000 + number),
  // Nothing that could be packed.
  error: Array.from({ length: 20 }, () => Math.random().toString(36)).join(''),
});

it('takes nothing while its folder holds more than its share, and says what to do', async () => {
  const full = bounded(1_000, 1_000);
  const refused = { code: 'unavailable', hint: expect.stringContaining('raise dataCapBytes') };
  await expect(full.insert('attempts', [attempt(24_001)])).rejects.toMatchObject(refused);
  expect(await full.query('SELECT count() AS n FROM highlights')).toEqual([{ n: '0' }]);
  expect(await full.query("SELECT count() AS n FROM attempts WHERE attempt_id = '24001'")).toEqual([{ n: '0' }]);
});

it('takes one batch in a quarter of a minute while it holds too much, which wakes the engine', async () => {
  const full = bounded(1_000, 500);
  const taken: number[] = [];
  for (let go = 0; go < 80; go += 1) {
    const highlight = { run: 'live', channel_id: 'c', stream_id: 'other', highlight_id: `o${go}` };
    await full.insert('highlights', [highlight]).then(
      () => taken.push(go),
      () => undefined,
    );
  }
  expect(taken.length).toBeGreaterThan(0);
  expect(taken.length).toBeLessThanOrEqual(8);
  expect(taken.every((go, index) => index === 0 || go > (taken[index - 1] ?? go) + 1)).toBe(true);
});

it('lets the oldest rows of what grows go before its share is full, and never what was found', async () => {
  const results = bounded(3_000_000, 60_000);
  const highlight = { run: 'live', channel_id: 'c', stream_id: 's', highlight_id: 'h', title: 'kept' };
  await results.insert('highlights', [highlight]);
  for (let from = 0; from < 24_000; from += 2_000) {
    const rows = Array.from({ length: 2_000 }, (_, index) => attempt(from + index));
    await results.insert('attempts', rows);
  }
  const [{ bytes } = {}] = await results.query(
    "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = 'cliptide'",
  );
  expect(Number(bytes)).toBeLessThan(1_500_000 + 1_000_000);
  const [left] = await results.query(
    'SELECT count() AS rows, min(toUnixTimestamp(started_at)) AS oldest, max(toUnixTimestamp(started_at)) AS newest FROM attempts',
  );
  expect(Number(left?.newest)).toBe(1_700_023_999);
  expect(Number(left?.oldest)).toBeGreaterThan(1_700_004_000);
  expect(Number(left?.rows)).toBe(Number(left?.newest) - Number(left?.oldest) + 1);
  expect(Number(left?.rows)).toBeGreaterThan(2_000);
  expect(await results.query("SELECT title FROM highlights WHERE stream_id = 's'")).toEqual([{ title: 'kept' }]);
});
