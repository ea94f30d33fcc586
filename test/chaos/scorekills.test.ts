import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isLong, seed } from '../support/chaos.ts';
import { madeChat, seeded } from '../support/madechat.ts';
import { appendLive, saidBy, withLog } from '../support/scoredlog.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kills = isLong ? 50 : 12;
const streams = ['one', 'two'];
// Long enough that no scorer comes to the end before its last kill.
const events = streams.flatMap((streamId, index) =>
  madeChat({ seed: index + 1, streamId, seconds: 4 * 3_600, messagesPerSecond: 7, burstEverySec: 300 }),
);

/** At which write to the log the scorer is killed, or how many milliseconds after its start. */
type Moment = { readonly write: number } | { readonly ms: number };

/** Runs the scorer's process, to its end or to its death. Resolves with its exit code, or the signal that ended it. */
function score(data: string, moment?: Moment): Promise<number | string | null> {
  const script = new URL('../support/scorechild.ts', import.meta.url).pathname;
  const write = moment !== undefined && 'write' in moment ? [String(moment.write)] : [];
  const args = ['--disable-warning=ExperimentalWarning', script, data, String(streams.length), ...write];
  // Compiling is half of a start: the first process, which ends by itself, leaves it to the others.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.once('data', () => {
    if (moment !== undefined && 'ms' in moment) setTimeout(() => child.kill('SIGKILL'), moment.ms);
  });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
}

test(`promise 1: killed (-9) at ${kills} random moments, scoring says the same bytes and loses nothing (seed ${seed})`, async () => {
  const [oracle, killed] = [join(folder, 'oracle'), join(folder, 'killed')];
  await withLog(oracle, 2, (deps) => appendLive(deps, events));
  cpSync(oracle, killed, { recursive: true });
  expect(await score(oracle)).toBe(0);
  const random = seeded(seed);
  for (let kill = 0; kill < kills; kill += 1) {
    // By turns at a write, whose order matters, and at any time, in the middle of a transaction too.
    const moment = kill % 2 === 0 ? { write: 1 + Math.floor(random() * 6) } : { ms: Math.floor(random() * 40) };
    expect(await score(killed, moment), `kill ${kill}`).toBe('SIGKILL');
  }
  expect(await score(killed)).toBe(0);
  const expected = await withLog(oracle, 2, saidBy);
  expect(expected.highlights).toBeGreaterThan(20);
  expect(await withLog(killed, 2, saidBy)).toEqual(expected);
}, 600_000);
