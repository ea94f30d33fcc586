import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { openResults } from '../../../src/cli/node/results.ts';
import { Lifecycle } from '../../../src/runtime/lifecycle.ts';
import { tableHours } from '../../../topology/retention.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';

let store: ChdbResults;
beforeAll(async () => {
  store = await chdbResults();
});
afterAll(() => store.close());

it('is what is declared: the migrations give every table its default', async () => {
  const found = await store.results.retention();
  const { migrations, ...tables } = Object.fromEntries(found);
  expect(migrations).toBeNull();
  expect(tables).toEqual(tableHours);
});

it('lets go of rows that were recorded before, and of no others', async () => {
  const client = store.engine.connect();
  const columns = '(run, channel_id, stream_id, at, messages, score, threshold, recorded_at)';
  const row = (second: number, hoursAgo: number) =>
    `('live', 'c', 's', toDateTime64(${second}, 3, 'UTC'), 1, 0, 0, now() - INTERVAL ${hoursAgo} HOUR)`;
  await client.command({
    query: `INSERT INTO cliptide.seconds ${columns} SETTINGS insert_allow_materialized_columns = 1 VALUES ${row(1, 30)}, ${row(2, 20)}`,
  });
  const left = async () =>
    (await store.results.query('SELECT toUnixTimestamp(at) AS at FROM seconds ORDER BY at')).map(({ at }) => at);
  expect(await left()).toEqual([1, 2]);
  await store.results.retain('seconds', 24);
  expect((await store.results.retention()).get('seconds')).toBe(24);
  await client.command({ query: 'OPTIMIZE TABLE cliptide.seconds FINAL' });
  expect(await left()).toEqual([2]);
  await store.results.retain('seconds', null);
  expect((await store.results.retention()).get('seconds')).toBeNull();
  await client.close();
});

it('is made so when a node opens its results, and put back when nothing is configured any more', async () => {
  await store.engine.close();
  const opened = async (hours: Readonly<Record<string, number>>) => {
    const lifecycle = new Lifecycle(pinoLogger({ level: 'error' }));
    try {
      const { results } = await openResults(
        { folder: store.folder, retentionHours: hours, capBytes: 1e9, clock: systemClock },
        lifecycle,
      );
      return await results.retention();
    } finally {
      await lifecycle.stop(10_000);
    }
  };
  const configured = await opened({ 'results.seconds': 5, 'results.runs': 7, timers: 3 });
  expect(Object.fromEntries(configured)).toMatchObject({ ...tableHours, seconds: 5, runs: 7 });
  expect((await opened({})).get('runs')).toBeNull();
});
