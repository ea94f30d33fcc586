import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { defaultPartitions } from '../../../topology/topics.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { withLog } from '../../support/scoredlog.ts';
import { scoreToTheEnd } from '../../support/scorerun.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-dead-'));
const data = join(work, 'data');
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const dead = (...args: readonly string[]) => cliptide(['dead', ...args, '--data', data], { cwd: work });
const rows = (out: string) => rowsOf(out);
const stateOf = async (id: string) => rows((await dead('list', '--json')).out).find((row) => row.id === id)?.state;

test('`dead` lists, shows and sends again, over a folder that is free and over one that `run` owns', async () => {
  mkdirSync(data);
  await withLog(data, defaultPartitions, async (deps) => {
    const value = Buffer.from('no \u001b[31mrecord');
    await deps.log.append([{ topic: 'live.analytics', partition: 2, key: 'c', headers: { trace: 'x' }, value }]);
    await scoreToTheEnd(deps);
  });
  const id = 'score/live.analytics/2/0';
  const listed = await dead('list', '--json', '--stage', 'score', '--reason', 'MAGIC', '--since', '1h');
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(rows(listed.out)).toMatchObject([
    { kind: 'letter', id, stage: 'score', topic: 'live.analytics', partition: 2, offset: 0, headers: { trace: 'x' } },
  ]);
  expect((await dead('list', '--topic', 'timers')).out).toBe('no dead letters\n');
  const shown = await dead('show', id);
  expect(shown.out).toMatch(/headers: +trace=x/);
  expect(shown.out).toContain('6e 6f 20 1b');
  expect(shown.out).not.toContain('\u001b');

  const run = new CliProcess(['run', '--data', data], { cwd: work });
  await run.prints(/running;/);
  expect(statSync(join(data, 'control.json')).mode & 0o777).toBe(0o600);
  const sent = await dead('replay', id, '--json');
  expect(sent).toMatchObject({ code: 0, err: '' });
  expect(rows(sent.out)).toMatchObject([
    { kind: 'replayed', id, partition: 2, offset: 1 },
    { kind: 'replay', replayed: 1 },
  ]);
  await expect.poll(() => stateOf(id), { timeout: 20_000, interval: 300 }).toBe('failed again');
  expect(rows((await dead('list', '--json')).out)).toHaveLength(1);

  expect(await dead('replay', 'score/live.analytics/2/77')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('there is no dead letter score/live.analytics/2/77'),
  });
  expect(await dead('replay')).toMatchObject({ code: 2, err: expect.stringContaining('to do: name their ids') });
  expect(await dead('list', '--since', 'monday')).toMatchObject({ code: 2 });
  expect(await dead('list', '--stage', 'scorer')).toMatchObject({ code: 2 });
  expect(await run.kill('SIGTERM')).toBe(0);
  expect(await cliptide(['dead', 'list', '--data', join(work, 'nowhere')], { cwd: work })).toMatchObject({ code: 2 });
});
