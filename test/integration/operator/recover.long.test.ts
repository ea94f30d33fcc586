import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { defaultPartitions } from '../../../topology/topics.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { madeChat } from '../../support/madechat.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { rowsOf as resultsOf } from '../../support/nodefolder.ts';
import { appendLive, withLog } from '../../support/scoredlog.ts';
import { scoreToTheEnd } from '../../support/scorerun.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-recover-'));
const data = join(work, 'data');
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const recover = (...args: readonly string[]) => cliptide(['recover', ...args, '--data', data], { cwd: work });

test('`run` that lost records ends and says what to do; once they are given up it goes on, and the results say so', async () => {
  mkdirSync(data);
  const events = madeChat({ seed: 5, streamId: 'one', seconds: 120, messagesPerSecond: 2, burstEverySec: 60 });
  const partition = await withLog(data, defaultPartitions, async (deps) => {
    const own = deps.log.partitionOf('live.analytics', events[0]?.channelId ?? '');
    await appendLive(deps, events.slice(0, 100));
    await scoreToTheEnd(deps);
    await appendLive(deps, events.slice(100));
    await deps.log.trim('live.analytics', own, 130);
    return own;
  });
  const stopped = await cliptide(['run', '--data', data], { cwd: work });
  expect(stopped.code).toBe(1);
  expect(stopped.err).toContain('cliptide recover --accept-gap');

  const looked = await recover();
  expect(looked).toMatchObject({ code: 1, err: '' });
  expect(looked.out).toContain(
    `offsets 100 to 129 of live.analytics, partition ${partition}, 30 records, before score`,
  );
  expect(await recover('--accept-gap')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
  expect(await recover('--accept-gap', '--yes', '--partition', 'x')).toMatchObject({ code: 2 });
  // Elsewhere there is nothing to give up.
  expect(await recover('--accept-gap', '--yes', '--stage', 'conduct')).toMatchObject({ code: 0 });
  expect(await recover()).toMatchObject({ code: 1 });
  const given = await recover('--accept-gap', '--yes', '--json');
  expect(given).toMatchObject({ code: 0, err: '' });
  expect(rowsOf(given.out)).toMatchObject([
    { kind: 'gap', stage: 'score', partition, fromOffset: 100, toOffset: 130, records: 30, accepted: true },
    { kind: 'recover', gaps: 1, records: 30, accepted: 1 },
  ]);
  expect(await recover()).toMatchObject({ code: 0, out: 'no records are lost\n' });

  const run = new CliProcess(['run', '--data', data], { cwd: work });
  await run.prints(/goes on behind records that were lost/);
  await run.prints(/running;/);
  const fates = async () => (await resultsOf<Record<string, string>>(data, 'SELECT * FROM fates'))[0];
  await expect
    .poll(fates, { timeout: 40_000, interval: 500 })
    .toMatchObject({ read: String(events.length - 2), processed: String(events.length - 32), lost: '30' });
  expect(await run.kill('SIGTERM')).toBe(0);
});
