import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultModel } from '../../../src/domain/scoring/model.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { eventsFolderOf, hourly, wished, withBroadcasts } from '../../support/endedbroadcasts.ts';
import { withLog } from '../../support/scoredlog.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-backfill-'));
const made = join(folder, 'made');
beforeAll(async () => {
  await withBroadcasts(made, [
    { settings: wished('channel', 0, 40), events: hourly('one', 0, 'channel') },
    { settings: wished('channel', 1, 3), events: hourly('two', 1, 'channel') },
    { events: hourly('three', 2) },
  ]);
});
afterEach(endProcesses);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let copies = 0;
/** The folder as the live pipeline has left it. */
function copy(): string {
  const data = join(folder, `copy-${copies++}`);
  cpSync(made, data, { recursive: true });
  return data;
}
const run = (data: string, ...args: string[]) => cliptide([...args, '--data', data], { cwd: folder });
const lines = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const rowsOf = async (data: string, sql: string) =>
  lines((await run(data, 'sql', '--json', sql)).out).map(({ kind: _, ...row }) => row);

/** All that the results hold of a run's scoring, without the run's name. */
async function saidIn(data: string, name: string, only = "''"): Promise<string> {
  const tables = ['detections', 'rankings', 'seconds', 'streams', 'highlights'];
  const where = `run = '${name}' AND (stream_id = ${only} OR ${only} = '')`;
  const rowsIn = (table: string): string => {
    const row = `tuple(* EXCEPT (run${table === 'highlights' ? ', version' : ''}))`;
    return `SELECT concat('${table} ', toJSONString(${row})) AS row FROM ${table} FINAL WHERE ${where}`;
  };
  const rows = await rowsOf(data, tables.map(rowsIn).join(' UNION ALL '));
  const said = rows.map(({ row }) => String(row)).sort();
  for (const table of tables)
    expect(
      said.some((row) => row.startsWith(`${table} `)),
      table,
    ).toBe(true);
  return said.join('\n');
}

describe('a backfill of a data folder', { timeout: 120_000 }, () => {
  it('gives the rows of the live run, from files and from topics alike, and leaves those of the live run alone', async () => {
    const data = copy();
    const live = await saidIn(data, 'live');
    const files = lines((await run(data, 'backfill', '--run', 'files', '--json')).out);
    expect(files.map(({ kind, streamId, from }) => [kind, streamId, from])).toEqual(
      expect.arrayContaining([
        ['broadcast', 'one', 'file'],
        ['broadcast', 'two', 'file'],
        ['broadcast', 'three', 'file'],
      ]),
    );
    expect(files.at(-1)).toMatchObject({ kind: 'run', run: 'files', state: 'complete', broadcasts: 3 });
    rmSync(eventsFolderOf(data), { recursive: true });
    const topics = await run(data, 'backfill', '--run', 'topics', '--json');
    expect(topics.code).toBe(0);
    expect(new Set(lines(topics.out).flatMap(({ from }) => from ?? []))).toEqual(new Set(['topic']));
    expect(await saidIn(data, 'files')).toBe(live);
    expect(await saidIn(data, 'topics')).toBe(live);
    expect(await saidIn(data, 'live')).toBe(live);
    expect((await rowsOf(data, "SELECT * FROM clips WHERE run != 'live'")).length).toBe(0);
  });

  it('takes the broadcasts that a range touches, each from its beginning, and one by its name', async () => {
    const data = copy();
    const range = ['--from', '2026-03-01T01:05:00Z', '--to', '2026-03-01T02:00:00Z'];
    expect((await run(data, 'backfill', '--run', 'range', ...range)).code).toBe(0);
    expect(await saidIn(data, 'range', "'two'")).toBe(await saidIn(data, 'live', "'two'"));
    expect((await run(data, 'backfill', '--run', 'single', '--stream', 'three')).code).toBe(0);
    const streams = await rowsOf(data, "SELECT run, stream_id FROM streams FINAL WHERE run != 'live' ORDER BY run");
    expect(streams).toEqual([
      { run: 'range', stream_id: 'two' },
      { run: 'single', stream_id: 'three' },
    ]);
  });

  it('with clips says of which broadcasts it knows no media', async () => {
    const asked = ['backfill', '--run', 'blind', '--stream', 'three', '--with-clips', '--json'];
    const { code, out, err } = await run(copy(), ...asked);
    expect(lines(out)[0]).toMatchObject({ kind: 'broadcast', clipsWanted: 0, clipsMade: 0 });
    expect(err).toContain('three has no clips: nothing is known of its media');
    expect(code).toBe(0);
  });

  it('scores by a model file, and diff and runs tell what that changed', async () => {
    const data = copy();
    const scorer = join(folder, 'strict.json');
    writeFileSync(scorer, JSON.stringify({ ...defaultModel, version: 'strict-1', threshold: 2.4, intercept: -3 }));
    expect((await run(data, 'backfill', '--run', 'strict', '--scorer', scorer)).code).toBe(0);
    const same = lines((await run(data, 'diff', 'live', 'live', '--json')).out);
    expect(same.at(-1)).toMatchObject({ kind: 'summary', gained: 0, lost: 0, moved: 0, streams: 3 });
    const changes = lines((await run(data, 'diff', 'live', 'strict', '--json')).out);
    const summary = changes.at(-1) as { lost: number; gained: number; moved: number; same: number };
    expect(summary.lost).toBeGreaterThan(0);
    const live = await rowsOf(data, "SELECT highlight_id FROM detections FINAL WHERE run = 'live'");
    expect(summary.lost + summary.moved + summary.same).toBe(live.length);
    const lost = changes.find(({ kind }) => kind === 'lost');
    expect(lost).toMatchObject({ b: null, there: { score: expect.any(Number), threshold: expect.any(Number) } });
    expect((lost as { there: { score: number; threshold: number } }).there.score).toBeLessThan(
      (lost as { there: { score: number; threshold: number } }).there.threshold,
    );
    const table = await run(data, 'diff', 'live', 'strict');
    expect([table.code, table.out]).toEqual([0, expect.stringMatching(/lost[\s\S]*\d broadcasts in both: .* lost/)]);
    const runs = lines((await run(data, 'runs', '--json')).out);
    expect(runs).toMatchObject([
      { run: 'live', streams: ['one', 'two', 'three'] },
      { run: 'strict', state: 'complete', broadcasts: 3, models: ['strict-1'], clips: 0 },
    ]);
    expect((await run(data, 'runs')).out).toMatch(/strict +complete +2/);
  });

  it('says what is wrong with what it is asked for, with exit code 2 and what there is', async () => {
    const data = copy();
    const refused = async (reason: RegExp, ...args: string[]): Promise<void> => {
      const { code, err } = await run(data, ...args);
      expect([code, err]).toEqual([2, expect.stringMatching(reason)]);
    };
    await refused(
      /no broadcast tow has ended here; did you mean two\?[\s\S]*one \(2026-03-01T00:00:00Z\), two/,
      'backfill',
      '--run',
      'a',
      '--stream',
      'tow',
    );
    await refused(
      /no broadcast that has ended lies in this range[\s\S]*one, two|what there is/,
      'backfill',
      '--run',
      'a',
      '--from',
      '2027-01-01',
    );
    await refused(/live is the run of what is on air/, 'backfill', '--run', 'live');
    await refused(/cannot be the name/, 'backfill', '--run', '../x');
    await refused(/"yesterday" is no time[\s\S]*--from/, 'backfill', '--run', 'a', '--from', 'yesterday');
    await refused(/one or the other/, 'backfill', '--run', 'a', '--stream', 'one', '--from', '2026-01-01');
    await refused(/--to is not after --from/, 'backfill', '--run', 'a', '--from', '2026-02-01', '--to', '2026-01-01');
    const nowhere = await run(join(folder, 'nowhere'), 'backfill', '--run', 'a');
    expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringMatching(/no data folder/)]);
    expect((await run(data, 'backfill', '--run', 'done', '--stream', 'one')).code).toBe(0);
    await refused(
      /the run done is complete[\s\S]*cliptide diff live done/,
      'backfill',
      '--run',
      'done',
      '--stream',
      'one',
    );
    await refused(/there is no run doen; did you mean done\?/, 'diff', 'live', 'doen');
  });

  it('passes over a damaged file and one whose events are gone, says so, and takes the first up when it can be read again', async () => {
    const data = copy();
    await withLog(data, 4, async ({ log }) => {
      for (let partition = 0; partition < 4; partition += 1) await log.trim('live.analytics', partition, 100_000);
    });
    const events = eventsFolderOf(data);
    rmSync(join(events, readdirSync(events).find((file) => file.startsWith('three')) ?? ''));
    const [name = ''] = readdirSync(events).filter((file) => file.startsWith('two'));
    const whole = readFileSync(join(events, name));
    truncateSync(join(events, name), Math.floor(whole.length / 2));
    const first = await run(data, 'backfill', '--run', 'mended', '--json');
    expect(first.code).toBe(1);
    expect(lines(first.out)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'failed', streamId: 'two', code: 'corrupt' })]),
    );
    expect(lines(first.out).at(-1)).toMatchObject({ state: 'incomplete', broadcasts: 1 });
    expect(first.err).toMatch(/events of 1 more are gone: three/);
    expect(lines((await run(data, 'runs', '--json')).out).at(-1)).toMatchObject({ run: 'mended', state: 'stopped' });
    const other = await run(data, 'backfill', '--run', 'mended', '--stream', 'one');
    expect([other.code, other.err]).toEqual([2, expect.stringMatching(/was begun as: all; this is: stream one/)]);
    writeFileSync(join(events, name), whole);
    const second = await run(data, 'backfill', '--run', 'mended', '--json');
    expect(second.err).toMatch(/goes on: 1 of 2 broadcasts are done/);
    expect(lines(second.out).map(({ streamId }) => streamId)).toEqual(['two', undefined]);
    for (const one of ["'one'", "'two'"])
      expect(await saidIn(data, 'mended', one)).toBe(await saidIn(data, 'live', one));
  });

  it('says that a running process owns the folder, and what to do', async () => {
    const data = copy();
    const owner = new CliProcess(['run', '--data', data], { cwd: folder });
    await owner.prints(/^running;/m);
    const { code, err } = await run(data, 'backfill', '--run', 'beside');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/process \d+ owns this data[\s\S]*stop it, backfill, and start it again/),
    ]);
    // Asking is possible beside it.
    expect(lines((await run(data, 'runs', '--json')).out)).toMatchObject([{ run: 'live', state: 'running' }]);
    expect(await owner.kill('SIGTERM')).toBe(0);
    expect(lines((await run(data, 'runs', '--json')).out)).toMatchObject([{ run: 'live', state: 'stopped' }]);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'broken off by %s it goes on, and ends as if it had not been',
    async (signal) => {
      const data = copy();
      const broken = new CliProcess(['backfill', '--run', 'broken', '--json', '--data', data], { cwd: folder });
      await broken.prints(/"kind":"broadcast"/);
      expect(await broken.kill(signal)).toBe(signal === 'SIGINT' ? 130 : signal);
      const again = await run(data, 'backfill', '--run', 'broken', '--json');
      expect([again.code, again.err]).toEqual([0, expect.stringMatching(/goes on: [12] of 3/)]);
      expect(await saidIn(data, 'broken')).toBe(await saidIn(data, 'live'));
    },
  );
});
