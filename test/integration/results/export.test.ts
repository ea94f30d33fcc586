import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportTable, tablesOf } from '../../../src/cli/operator/resultsbackup.ts';
import type { ResultRow } from '../../../src/ports/results.ts';
import { rowsOf } from '../../../src/stages/record/rows.ts';
import { tableHours } from '../../../topology/retention.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { clip, input } from '../../support/recordinputs.ts';

let store: ChdbResults;
beforeAll(async () => {
  store = await chdbResults();
});
afterAll(() => store.close());

const second = (streamId: string, number: number) =>
  input('streams.seconds', {
    run: number % 3 === 0 ? 'live' : 'other',
    streamId,
    channelId: 'c',
    atMs: 1_700_000_000_500 + number * 1_000,
    messages: number,
    score: number / 7,
    threshold: 0.1 + number,
    viewers: number % 2 === 0 ? null : number,
  });

it('is every row of every table, once, however many pages that takes, and goes in again as it was', async () => {
  const batch = [
    ...['a', 'b'].flatMap((streamId) => Array.from({ length: 50 }, (_, number) => second(streamId, number))),
    ...Array.from({ length: 12 }, (_, number) => input('clips.rendered', clip(`k${number}`, `h${number % 5}`))),
  ];
  for (const [table, rows] of rowsOf(batch, 'live')) await store.results.insert(table, rows);
  const tables = await tablesOf(store.results);
  expect(tables.map(({ name }) => name).sort()).toEqual(Object.keys(tableHours).sort());
  const content = async (name: string) => store.results.query(`SELECT * FROM ${name} ORDER BY ALL`);
  for (const table of tables) {
    const exported: ResultRow[] = [];
    for await (const rows of exportTable(store.results, table, 7)) exported.push(...rows);
    const before = await content(table.name);
    const inOrder = (rows: readonly ResultRow[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(inOrder(exported), table.name).toEqual(inOrder(before));
    const writer = store.engine.connect();
    await writer.command({ query: `TRUNCATE TABLE cliptide.${table.name}` });
    await writer.close();
    await store.results.insert(table.name, exported);
    expect(await content(table.name), table.name).toEqual(before);
  }
  expect((await content('seconds')).length).toBe(100);
});
