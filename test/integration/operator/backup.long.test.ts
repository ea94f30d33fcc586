import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { defaultPartitions } from '../../../topology/topics.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { madeChat } from '../../support/madechat.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { rowsOf as resultsOf } from '../../support/nodefolder.ts';
import { appendLive, saidBy, withLog } from '../../support/scoredlog.ts';
import { scoreToTheEnd } from '../../support/scorerun.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-backup-'));
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));
const at = (name: string): string => join(work, name);
const ask = (...args: readonly string[]) => cliptide(args, { cwd: work });

const first = madeChat({ seed: 8, streamId: 'one', seconds: 400, messagesPerSecond: 2, burstEverySec: 150 });
const second = madeChat({ seed: 9, streamId: 'two', seconds: 400, messagesPerSecond: 2, burstEverySec: 150 });
const half = Math.floor(second.length / 2);
/** What scoring has said, which does not change any more; workers and the conductor are at work all the time. */
const tables = ['seconds', 'detections', 'rankings', 'streams'];
const contentsOf = async (data: string) => {
  const contents: Record<string, readonly unknown[]> = {};
  for (const table of tables) contents[table] = await resultsOf(data, `SELECT * FROM ${table} FINAL ORDER BY ALL`);
  return contents;
};

test('a backup that is taken while `run` works is restored into a new folder, where `run` goes on as if nothing had been', async () => {
  const data = at('data');
  mkdirSync(data);
  await withLog(data, defaultPartitions, (deps) => appendLive(deps, [...first, ...second.slice(0, half)]));
  const run = new CliProcess(['run', '--data', data], { cwd: work });
  await run.prints(/running;/);
  const lag = async () => {
    const all = rowsOf((await ask('lag', '--data', data, '--json')).out, 'lag');
    const said = ['streams.seconds', 'highlights.detected', 'highlights.ranked'];
    const rows = all.filter(
      ({ stage, topic }) => stage === 'score' || (stage === 'record' && said.includes(String(topic))),
    );
    return rows.reduce((sum, row) => sum + Number(row.lag), rows.length === 0 ? 1 : 0);
  };
  await expect.poll(lag, { timeout: 60_000, interval: 500 }).toBe(0);
  const file = at('backup.tgz');
  const taken = await ask('backup', '--to', file, '--data', data, '--json');
  expect(taken).toMatchObject({ code: 0, err: '' });
  const names = rowsOf(taken.out, 'backup').flatMap(({ files }) =>
    (files as { name: string }[]).map(({ name }) => name),
  );
  expect(names).toEqual(expect.arrayContaining(['log.db', 'sql.token', 'user.key', 'results/seconds.ndjson']));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(work).filter((name) => name.startsWith('.cliptide-'))).toEqual([]);
  const before = await contentsOf(data);

  // In use, in the way, or there already: nothing is touched.
  expect(await ask('restore', '--from', file, '--data', data)).toMatchObject({ code: 1 });
  expect(await ask('backup', '--to', file, '--data', data)).toMatchObject({ code: 2 });
  expect(await run.kill('SIGTERM')).toBe(0);
  expect(await ask('restore', '--from', file, '--data', data)).toMatchObject({
    code: 2,
    err: expect.stringContaining('this folder is not empty'),
  });
  const broken = readFileSync(file);
  writeFileSync(at('broken.tgz'), broken.subarray(0, broken.length - 100));
  expect(await ask('restore', '--from', at('broken.tgz'), '--data', at('new'))).toMatchObject({ code: 2 });
  expect(readdirSync(work)).not.toContain('new');

  const restored = at('restored');
  expect(await ask('restore', '--from', file, '--data', restored)).toMatchObject({ code: 0, err: '' });
  for (const name of ['user.key', 'sql.token'])
    expect(readFileSync(join(restored, name), 'utf8')).toBe(readFileSync(join(data, name), 'utf8'));
  expect(await contentsOf(restored)).toEqual(before);
  expect(before.seconds?.length).toBeGreaterThan(400);

  const said = await withLog(restored, defaultPartitions, async (deps) => {
    await appendLive(deps, second.slice(half));
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });
  const uninterrupted = await withLog(undefined, defaultPartitions, async (deps) => {
    await appendLive(deps, [...first, ...second]);
    await scoreToTheEnd(deps);
    return saidBy(deps);
  });
  expect(said).toEqual(uninterrupted);
  const again = new CliProcess(['run', '--data', restored], { cwd: work });
  await again.prints(/running;/);
  const streams = async () => (await resultsOf(restored, 'SELECT stream_id FROM streams ORDER BY stream_id')).length;
  await expect.poll(streams, { timeout: 40_000, interval: 500 }).toBe(2);
  expect(await again.kill('SIGTERM')).toBe(0);
}, 180_000);
