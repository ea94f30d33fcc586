import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeSql } from '../../../src/adapters/clickhouse/server/execute.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { dashboardStory } from '../../support/dashboardstory.ts';
import { type DashboardQuery, dashboards, expanded, type GrafanaView, queriesOf } from '../../support/grafana.ts';
import { zero } from '../../support/recordinputs.ts';

interface Answer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

const hour = 3_600_000;
const onAir: GrafanaView = { fromMs: zero - hour, toMs: zero + hour, chosen: { channel: ['c1'], stream: ['s1'] } };
const queries = dashboards().flatMap(([file, dashboard]) => queriesOf(file, dashboard));
const named = (part: string): DashboardQuery => {
  const found = queries.filter(({ name }) => name.startsWith(part));
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} queries are named ${part}`);
  return found[0];
};

let store: ChdbResults;
/** Asks as the dashboards may: through the gate of the read-only interface. */
const ask = async ({ sql }: DashboardQuery, view: GrafanaView): Promise<Answer> => {
  const settings = new Map<string, string>();
  const request = { query: expanded(sql, view), format: 'JSON', settings, parameters: settings };
  return JSON.parse((await executeSql(() => store.engine.connect(), request)).body.toString('utf8')) as Answer;
};
/** What there is to see: rows, without those of sums over nothing. */
const seen = async (query: DashboardQuery, view: GrafanaView): Promise<readonly unknown[]> =>
  (await ask(query, view)).data.filter(
    (row) => query.kind !== 'stat' || Object.values(row).some((value) => Number(value) !== 0),
  );
const answers = async (): Promise<Map<string, unknown>> => {
  const all = new Map<string, unknown>();
  for (const query of queries) all.set(query.name, (await ask(query, onAir)).data);
  return all;
};

beforeAll(async () => {
  store = await chdbResults();
  await recordStage(store).handle(dashboardStory('live'));
});
afterAll(() => store.close());

describe.each(queries.map((query) => [query.name, query] as const))('%s', (_, query) => {
  it('runs and has something to show', async () => {
    expect(await seen(query, onAir)).not.toEqual([]);
    expect(await seen(query, { ...onAir, chosen: { stream: ['s1'] } })).not.toEqual([]);
  });

  it('gives the columns that its panel draws', async () => {
    const { meta } = await ask(query, onAir);
    const numbers = meta.filter(({ type }) => /^(Nullable\()?(U?Int|Float)/.test(type));
    if (query.format === 0) {
      expect(meta[0]?.name).toBe('time');
      expect(meta[0]?.type).toMatch(/^DateTime/);
      expect(numbers).not.toEqual([]);
    }
    if (query.kind === 'stat') expect(numbers).toHaveLength(1);
    if (query.kind === 'variable') expect(meta).toHaveLength(1);
    if (query.kind === 'annotation') expect(meta.map(({ name }) => name)).toEqual(['time', 'timeEnd', 'title', 'text']);
  });
});

const ofAllTime = [
  'clips.json: $channel',
  'failures.json: Reasons, of all time A',
  'broadcast.json: What became of its records (at its end) A',
];
const ofAllBroadcasts = ['failures.json: Processes that started and ended A'];

describe('what the dashboards show', () => {
  it.each(queries.filter(({ name }) => !ofAllTime.includes(name)).map((query) => [query.name, query] as const))(
    'is of the chosen time: %s',
    async (_, query) => {
      expect(await seen(query, { ...onAir, fromMs: zero - 99 * hour, toMs: zero - 90 * hour })).toEqual([]);
    },
  );

  it.each(
    queries
      .filter(({ name, sql }) => !ofAllBroadcasts.includes(name) && (!name.includes('$') || sql.includes('${')))
      .map((query) => [query.name, query] as const),
  )('is of what is chosen: %s', async (_, query) => {
    expect(await seen(query, { ...onAir, chosen: { channel: ['nobody'], stream: ['nothing'] } })).toEqual([]);
  });

  it('is what the records say', async () => {
    const first = async (name: string): Promise<unknown> => (await ask(named(name), onAir)).data[0];
    expect(await first('clips.json: Highlights')).toEqual({ highlights: '2' });
    expect(await first('clips.json: Clips A')).toEqual({ clips: '2' });
    expect(await first('clips.json: Clips that could not be made')).toEqual({ failed: '1' });
    expect(await first('clips.json: Cost a day')).toMatchObject({ channel_id: 'c1', cost: 2 });
    expect(await first('clips.json: From the moment to its detection')).toMatchObject({ median_seconds: 3 });
    expect(await first('failures.json: Dead letters')).toMatchObject({ stage: 'score', code: 'schema', letters: '1' });
    const curve = (await ask(named('broadcast.json: Score'), onAir)).data;
    expect(curve.map(({ score, highlight }) => [score, highlight])).toEqual([
      [3.8, null],
      [3.9, null],
      [4, null],
      [4.1, 4.1],
    ]);
  });

  it('does not change by a backfill of the same broadcasts', async () => {
    const before = await answers();
    await recordStage({ ...store, run: 'again' }).handle(dashboardStory('again'));
    expect(await answers()).toEqual(before);
  });
});
