import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { budgetedClips } from '../../src/adapters/embedded/budgetedclips.ts';
import { openClipStore } from '../../src/adapters/embedded/clipstore.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { sharesOf } from '../../src/domain/budgets.ts';
import type { ClipStore } from '../../src/ports/clipstore.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';

let folder: string;
let ledger: QuotaLedger;
let clips: ClipStore;
const scope = 'clips';
const file = (name: string, bytes: number): string => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(bytes, name));
  return path;
};
const open = async (floorBytes: number): Promise<ClipStore> => {
  const root = join(folder, 'clips');
  return budgetedClips(await openClipStore(root), { ledger, scope, folder: root, floorBytes });
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cliptide-budget-'));
  ledger = await openLedger({ path: join(folder, 'ledger.db'), clock: systemClock });
  await ledger.setCap(scope, 1_000);
  clips = await open(0);
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

it('refuses a clip that the budget does not hold, writes nothing of it, and gives nothing away', async () => {
  await clips.put('a.mp4', file('a', 700));
  await expect(clips.put('b.mp4', file('b', 301))).rejects.toMatchObject({ code: 'budget' });
  expect(await clips.stat('b.mp4')).toBeUndefined();
  expect(await ledger.usage(scope)).toMatchObject({ used: 700, reserved: 0 });
});

it('counts a clip that is put twice once, and gives its bytes back when it is deleted', async () => {
  await clips.put('a.mp4', file('a', 700));
  await clips.put('a.mp4', file('other', 900));
  expect(await ledger.usage(scope)).toMatchObject({ used: 700 });
  await clips.delete('a.mp4');
  expect(await ledger.usage(scope)).toMatchObject({ used: 0, reserved: 0 });
});

it('refuses a clip that would leave too little of the disk', async () => {
  const careful = await open(Number.MAX_SAFE_INTEGER);
  await expect(careful.put('a.mp4', file('a', 1))).rejects.toMatchObject({ code: 'space' });
  expect(await ledger.usage(scope)).toMatchObject({ used: 0, reserved: 0 });
});

it('shares out no more than the cap, and says so when the cache takes it all', () => {
  const { cache, clips: stored, events, log, results, headroom } = sharesOf(20e9, 5e9);
  expect(cache + stored + events + log + results + headroom).toBeLessThanOrEqual(20e9);
  expect(Math.min(cache, stored, events, log, results, headroom)).toBeGreaterThan(1e9);
  expect(() => sharesOf(1e9, 1e9)).toThrow(/cacheCapBytes/);
});
