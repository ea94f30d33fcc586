import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { madeChat, seeded } from '../support/madechat.ts';
import { appendLive, saidBy, withLog } from '../support/scoredlog.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const seed = Number(process.env.CHAOS_SEED ?? 20_261_123);
const streams = ['one', 'two'];
const events = streams.flatMap((streamId, index) =>
  madeChat({ seed: index + 1, streamId, seconds: 3 * 3_600, messagesPerSecond: 7, burstEverySec: 300 }),
);

/** Runs the scorer's process; kills it after `ms` of work. Resolves with whether it came to its end by itself. */
function score(data: string, killAfterMs: number | undefined): Promise<boolean> {
  const script = new URL('../support/scorechild.ts', import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, data, String(streams.length)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child.stdout.once('data', () => {
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)));
}

test(`promise 1: killed (-9) at 50 random moments, scoring says the same bytes and loses nothing (seed ${seed})`, async () => {
  const oracle = join(folder, 'oracle');
  const killed = join(folder, 'killed');
  for (const data of [oracle, killed]) await withLog(data, 2, (deps) => appendLive(deps, events));
  expect(await score(oracle, undefined)).toBe(true);
  const random = seeded(seed);
  let kills = 0;
  for (let round = 0; round < 50; round += 1) {
    if (!(await score(killed, Math.floor(random() * 150)))) kills += 1;
  }
  while (!(await score(killed, undefined))) throw new Error('the scorer did not come to its end');
  const expected = await withLog(oracle, 2, saidBy);
  expect(expected.highlights).toBeGreaterThan(20);
  expect(await withLog(killed, 2, saidBy)).toEqual(expected);
  expect(kills).toBeGreaterThan(10);
}, 120_000);
