import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { seed, sized } from '../../support/chaos.ts';
import { faults, HostileOrigin } from '../../support/hostileorigin.ts';
import type { LeaseJob, LeaseOutcome } from '../../support/leasechild.ts';
import { seeded } from '../../support/madechat.ts';
import { openCacheAt, scope } from '../../support/mediacaches.ts';

const script = fileURLToPath(new URL('../../support/leasechild.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'cliptide-hostile-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const segments = 40;
const packets = 40;
/** What an origin that misbehaves can make of a lease. */
const expected = ['media', 'media-gone', 'unavailable', 'timeout', 'forbidden'];

class Process {
  readonly outcomes: LeaseOutcome[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(job: LeaseJob) {
    this.child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rest = '';
    this.child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      this.outcomes.push(...lines.map((line) => JSON.parse(line) as LeaseOutcome));
    });
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }
}

test(`promises 11, 13, 16: three processes, an origin with ${Object.keys(faults).length} faults in any order, and kills (seed ${seed})`, async () => {
  await using origin = await HostileOrigin.start(seed, 0.6, packets);
  const random = seeded(seed + 1);
  // Far more than the pauses of a good answer, also where a busy machine stretches them: what came is not fetched again.
  const job = { root, origin: origin.url, segments, packets, leases: sized(60, 400), stallMs: 1_000 };
  const kills = sized(4, 20);
  const outcomes: LeaseOutcome[] = [];
  const running = [1, 2, 3].map((k) => new Process({ ...job, seed: seed + k }));
  for (let kill = 0; kill < kills; kill += 1) {
    const index = kill % running.length;
    const victim = running[index];
    if (victim === undefined) break;
    // Not before it has begun, and then at any time.
    await expect.poll(() => victim.outcomes.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, random() * 300));
    victim.child.kill('SIGKILL');
    await victim.ended;
    outcomes.push(...victim.outcomes);
    running[index] = new Process({ ...job, seed: seed + 10 + kill });
  }
  expect(await Promise.all(running.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  // The origin has come to its senses: all is there at last.
  origin.share = 0;
  const last = new Process({ ...job, seed: seed + 100, leases: 100, stallMs: 60_000 });
  expect(await last.ended).toBe(0);
  expect(last.outcomes.filter(({ code }) => code !== undefined)).toEqual([]);

  outcomes.push(...running.flatMap((one) => one.outcomes), ...last.outcomes);
  const right = outcomes.filter(({ isRight }) => isRight);
  expect(right.length).toBeGreaterThan(50);
  expect(outcomes.filter(({ isRight }) => isRight === false)).toEqual([]);
  const strange = outcomes.filter(({ code }) => code !== undefined && !expected.includes(code));
  expect(strange).toEqual([]);
  expect([...origin.shown.keys()].sort()).toEqual(Object.keys(faults).sort());

  const again = [...origin.whole.values()].reduce((sum, count) => sum + count - 1, 0);
  console.info(`${right.length} good leases of ${outcomes.length}, ${kills} kills, ${again} segments fetched again`);
  // A flight whose lease failed for another segment is called off, which its origin may not notice.
  expect(again).toBeLessThanOrEqual(kills * 6);

  await using node = await openCacheAt(root);
  const files = readdirSync(join(root, 'media'));
  expect(files.filter((name) => !/^[0-9a-f]{64}\.0\.ts$/.test(name))).toEqual([]);
  const bytes = files.map((name) => statSync(join(root, 'media', name)).size);
  expect(new Set(bytes)).toEqual(new Set([packets * 188]));
  const blocks = bytes.reduce((sum, size) => sum + Math.ceil(size / 4096) * 4096, 0);
  const { used, reserved } = await node.ledger.usage(scope);
  expect(used).toBe(blocks);
  // What the killed had reserved comes back when their leases end.
  expect(reserved).toBeLessThanOrEqual(kills * 6 * 8192);
}, 600_000);
