import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { defaultPartitions } from '../../../topology/topics.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { madeChat } from '../../support/madechat.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { appendLive, withLog } from '../../support/scoredlog.ts';
import { scoreToTheEnd } from '../../support/scorerun.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-lag-'));
const data = join(work, 'data');
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const lag = (...args: readonly string[]) => cliptide(['lag', ...args, '--data', data], { cwd: work });

test('`lag` says what each stage has before it, over a free folder and over one that `run` works on', async () => {
  mkdirSync(data);
  const events = madeChat({ seed: 5, streamId: 'one', seconds: 120, messagesPerSecond: 2, burstEverySec: 60 });
  const partition = await withLog(data, defaultPartitions, async (deps) => {
    await appendLive(deps, events.slice(0, 100));
    await scoreToTheEnd(deps);
    await appendLive(deps, events.slice(100, -1));
    return deps.log.partitionOf('live.analytics', events[0]?.channelId ?? '');
  });
  const before = await lag('--json');
  expect(before).toMatchObject({ code: 0, err: '' });
  const end = events.length - 1;
  const own = { stage: 'score', topic: 'live.analytics', partition };
  const scoring = (out: string) =>
    rowsOf(out, 'lag').find((row) => Object.entries(own).every(([name, value]) => row[name] === value));
  expect(scoring(before.out)).toEqual({
    kind: 'lag',
    group: 'live.score',
    ...own,
    committed: 100,
    start: 0,
    end,
    lag: end - 100,
    lost: 0,
    watermarkDelaySeconds: null,
  });
  const people = await lag();
  expect(people.out).toMatch(new RegExp(`^score +${partition} +${end - 100} +- +live.analytics +100 +${end}$`, 'm'));

  const run = new CliProcess(['run', '--data', data], { cwd: work });
  await run.prints(/running;/);
  // The broadcast is on air: its watermark waits for lateness, two seconds behind its newest event.
  await expect
    .poll(async () => scoring((await lag('--json')).out), { timeout: 40_000, interval: 500 })
    .toMatchObject({ committed: end, end, lag: 0, watermarkDelaySeconds: 2 });
  expect(await run.kill('SIGTERM')).toBe(0);
});
