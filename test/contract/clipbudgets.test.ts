import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openClipStore } from '../../src/adapters/embedded/clipstore.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { mustLeaveFree } from '../../src/adapters/embedded/freespace.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { type ChannelLimits, sharesOf } from '../../src/domain/budgets.ts';
import { clipFolder } from '../../src/domain/ids.ts';
import { clipsScope, keepingScope } from '../../src/domain/scopes.ts';
import type { ClipStore } from '../../src/ports/clipstore.ts';
import type { QuotaLedger } from '../../src/ports/ledger.ts';
import { budgetedClips } from '../../src/runtime/budgetclips.ts';
import { keptOf } from '../../src/runtime/budgetkept.ts';

const block = 4096;
const channelId = 'channel/ä:1';
const own = { bytes: keepingScope(channelId, 'clipBytes'), count: keepingScope(channelId, 'clipCount') };
const key = (name: string): string => `${clipFolder(channelId)}/${name}`;
const hourly = { fetchedBytesPerHour: 0 };
const daily = { renderSecondsPerDay: 0, llmTokensPerDay: 0, llmCostPerDay: 0 };
const spending = { clipDays: undefined, ...hourly, ...daily };
const unlimited: ChannelLimits = { ...spending, clipBytes: undefined, clipCount: undefined };

let folder: string;
let ledger: QuotaLedger;
let inner: ClipStore;
let clips: ClipStore;
let limits = unlimited;
let removable = { bytes: 0, clips: 0 };

const file = (name: string, bytes: number): string => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(bytes, name));
  return path;
};
const budgeted = (store: ClipStore, floorBytes = 0, reserved = 0): ClipStore =>
  budgetedClips(store, {
    ledger,
    limits: async () => limits,
    sizeOf: async (path) => statSync(path).size,
    mustLeaveFree: (bytes) => mustLeaveFree({ folder, floorBytes, reserved: async () => reserved }, bytes),
    makeRoom: async () => false,
    removable: async () => removable,
  });
const used = async (scope: string): Promise<number> => (await ledger.usage(scope)).used;

beforeEach(async () => {
  limits = unlimited;
  removable = { bytes: 0, clips: 0 };
  folder = mkdtempSync(join(tmpdir(), 'cliptide-budget-'));
  ledger = await openLedger({ path: join(folder, 'ledger.db'), clock: systemClock });
  await ledger.setCap(clipsScope, 10 * block);
  inner = await openClipStore(join(folder, 'clips'));
  clips = budgeted(inner);
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

it('gives links to clips where the store does', async () => {
  expect(clips.link).toBeUndefined();
  const linking = { ...delegated(inner), put: clips.put, link: async (name: string) => `https://bucket/${name}` };
  expect(await budgeted(linking).link?.('a.mp4')).toBe('https://bucket/a.mp4');
});

it('charges blocks, to the channel as to all, and the video as the one clip that it is', async () => {
  await clips.put(key('a.jpg'), file('a.jpg', 1), { channelId });
  await clips.put(key('a.mp4'), file('a.mp4', block + 1), { channelId });
  expect(await used(clipsScope)).toBe(3 * block);
  expect([await used(own.bytes), await used(own.count)]).toEqual([3 * block, 1]);
  expect([await keptOf(inner, own.bytes), await keptOf(inner, own.count)]).toEqual([3 * block, 1]);
});

it('refuses a clip that the budget does not hold, writes nothing of it, and gives nothing away', async () => {
  await clips.put('a.mp4', file('a', 7 * block));
  await expect(clips.put('b.mp4', file('b', 3 * block + 1))).rejects.toMatchObject({ code: 'budget' });
  expect(await clips.stat('b.mp4')).toBeUndefined();
  expect(await ledger.usage(clipsScope)).toMatchObject({ used: 7 * block, reserved: 0 });
});

it.each([
  ['bytes', { ...unlimited, clipBytes: 3 * block }],
  ['clips', { ...unlimited, clipCount: 1 }],
])('refuses more %s than the channel may keep, and gives back what the other scopes had reserved', async (_, own_) => {
  limits = own_;
  await clips.put(key('a.mp4'), file('a', 2 * block), { channelId });
  const second = clips.put(key('b.mp4'), file('b', 2 * block), { channelId });
  await expect(second).rejects.toMatchObject({ code: 'budget', where: expect.stringContaining('channel:') });
  for (const scope of [clipsScope, own.bytes, own.count])
    expect(await ledger.usage(scope)).toMatchObject({ reserved: 0 });
  expect(await used(clipsScope)).toBe(2 * block);
});

/** A clip with its poster, which goes in before it. */
const together = (store: ClipStore, name: string) =>
  store.putAfter?.(
    [{ key: key(`${name}.jpg`), path: file(`${name}.jpg`, 1) }],
    { key: key(`${name}.mp4`), path: file(`${name}.mp4`, 2 * block) },
    { channelId },
  );

it('writes nothing of a clip with a poster of which the clip has no room, nor what would go before it', async () => {
  limits = { ...unlimited, clipCount: 1 };
  await together(clips, 'a');
  expect([await used(clipsScope), await used(own.bytes), await used(own.count)]).toEqual([3 * block, 3 * block, 1]);
  await expect(together(clips, 'b')).rejects.toMatchObject({ code: 'budget', where: own.count });
  expect((await inner.list(clipFolder(channelId))).map((one) => one.key)).toEqual([key('a.jpg'), key('a.mp4')]);
  for (const scope of [clipsScope, own.bytes]) {
    expect(await ledger.usage(scope)).toMatchObject({ used: 3 * block, reserved: 0 });
  }
});

it('charges what lies there when the store fails between a poster and its clip, and nothing more', async () => {
  const failing: ClipStore = {
    ...delegated(inner),
    put: async (to, path, options) => {
      if (to.endsWith('.jpg')) return inner.put(to, path, options);
      throw new Error('the disk failed');
    },
  };
  await expect(together(budgeted(failing), 'a')).rejects.toThrow('the disk failed');
  expect(await ledger.usage(own.bytes)).toMatchObject({ used: block, reserved: 0 });
  expect(await ledger.usage(own.count)).toMatchObject({ used: 0, reserved: 0 });
  await together(clips, 'a');
  expect([await used(clipsScope), await used(own.count)]).toEqual([3 * block, 1]);
});

it('says before a clip is made that there is no room for one, unless older ones may go for it', async () => {
  await clips.mustHaveRoom?.(channelId);
  limits = { ...unlimited, clipCount: 1 };
  await together(clips, 'a');
  await expect(clips.mustHaveRoom?.(channelId)).rejects.toMatchObject({ code: 'budget', where: own.count });
  removable = { bytes: 3 * block, clips: 1 };
  await clips.mustHaveRoom?.(channelId);
  limits = { ...unlimited, clipBytes: 2 * block };
  await expect(clips.mustHaveRoom?.(channelId)).rejects.toMatchObject({ code: 'budget', where: own.bytes });
  const full = budgeted(inner, Number.MAX_SAFE_INTEGER);
  await expect(full.mustHaveRoom?.(channelId)).rejects.toMatchObject({ code: 'space' });
});

const kept = 'clips of the last ten minutes and those with a .keep file are not removed for a newer one';

it.each([
  ['a clip', { ...unlimited, clipCount: 1 }, /^Stored clips of the channel "channel\/ä:1": 1 more do not fit: 1 used/],
  ['bytes', { ...unlimited, clipBytes: 4 * block }, /^Bytes of stored clips of the channel "channel\/ä:1": \d+ more/],
])(
  'says in words why %s beyond the budget is refused, before it is made and when it is stored',
  async (_, own_, what) => {
    limits = own_;
    await together(clips, 'a');
    for (const store of [() => clips.mustHaveRoom?.(channelId), () => together(clips, 'b')]) {
      const refused = store();
      await expect(refused).rejects.toMatchObject({ code: 'budget', message: expect.stringMatching(what) });
      await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(`; ${kept}`) });
    }
  },
);

it('names no clips that stay where the budget is 0 or all clips share one', async () => {
  limits = { ...unlimited, clipCount: 0 };
  await expect(clips.mustHaveRoom?.(channelId)).rejects.not.toMatchObject({ message: expect.stringContaining(kept) });
  limits = unlimited;
  await ledger.setCap(clipsScope, block);
  await expect(clips.mustHaveRoom?.(channelId)).rejects.not.toMatchObject({ message: expect.stringContaining(kept) });
});

it('counts a clip that many put at once, in two processes, once', async () => {
  const other = budgeted(await openClipStore(join(folder, 'clips')));
  const paths = Array.from({ length: 4 }, (_, index) => file(`take-${index}`, block));
  await Promise.all(paths.map((path, n) => (n % 2 === 0 ? clips : other).put(key('a.mp4'), path, { channelId })));
  expect(await ledger.usage(clipsScope)).toMatchObject({ used: block, reserved: 0 });
  expect(await ledger.usage(own.count)).toMatchObject({ used: 1, reserved: 0 });
});

it('gives the bytes of a clip that many delete at once back once', async () => {
  await clips.put(key('a.mp4'), file('a', block), { channelId });
  await clips.put(key('b.mp4'), file('b', block), { channelId });
  const other = budgeted(await openClipStore(join(folder, 'clips')));
  await Promise.all([clips, other, clips, other].map((one) => one.delete(key('a.mp4'), channelId)));
  expect([await used(clipsScope), await used(own.bytes), await used(own.count)]).toEqual([block, block, 1]);
});

it('never has more on the disk than is charged, wherever a process dies', async () => {
  // Dies as soon as its file has its name: what follows the link never happens.
  const { promise: named, resolve } = Promise.withResolvers<void>();
  const dying: ClipStore = {
    ...delegated(inner),
    put: async (...args) => {
      await inner.put(...args);
      resolve();
      return new Promise(() => undefined);
    },
  };
  void budgeted(dying).put(key('a.mp4'), file('a', block), { channelId });
  await named;
  expect([await used(clipsScope), await used(own.count)]).toEqual([block, 1]);
  // Whoever takes the task over finds the clip and pays nothing more.
  await clips.put(key('a.mp4'), file('again', block), { channelId });
  expect([await used(clipsScope), await used(own.count)]).toEqual([block, 1]);
});

it('stores nothing where its reservation was taken from it while it slept', async () => {
  const slow: ClipStore = {
    ...delegated(inner),
    put: async (to, path, options) => {
      const lost = async (): Promise<void> => {
        await expireAll();
        await options?.landing?.();
      };
      return inner.put(to, path, { ...options, landing: lost });
    },
  };
  await expect(budgeted(slow).put(key('a.mp4'), file('a', block), { channelId })).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await inner.stat(key('a.mp4'))).toBeUndefined();
  expect(await used(clipsScope)).toBe(0);
});

it('gives back what it charged when the store fails after all', async () => {
  const failing: ClipStore = {
    ...delegated(inner),
    put: async (_to, _path, options) => {
      await options?.landing?.();
      throw new Error('the disk failed');
    },
  };
  await expect(budgeted(failing).put(key('a.mp4'), file('a', block), { channelId })).rejects.toThrow('the disk failed');
  for (const scope of [clipsScope, own.bytes, own.count]) {
    expect(await ledger.usage(scope)).toMatchObject({ used: 0, reserved: 0 });
  }
});

it('asks the store what a channel has where the ledger is new', async () => {
  await clips.put(key('a.mp4'), file('a', 2 * block), { channelId });
  const first = ledger;
  ledger = await openLedger({ path: join(folder, 'new.db'), clock: systemClock });
  await first.close();
  await ledger.setCap(clipsScope, 10 * block);
  limits = { ...unlimited, clipCount: 1 };
  await expect(budgeted(inner).put(key('b.mp4'), file('b', 1), { channelId })).rejects.toMatchObject({
    code: 'budget',
  });
  expect(await used(own.bytes)).toBe(2 * block);
});

it('refuses a clip that would leave too little of the disk, with what others have reserved of it', async () => {
  const most = Number.MAX_SAFE_INTEGER;
  for (const careful of [budgeted(inner, most), budgeted(inner, 0, most)]) {
    await expect(careful.put('a.mp4', file('a', 1))).rejects.toMatchObject({ code: 'space' });
  }
  expect(await ledger.usage(clipsScope)).toMatchObject({ used: 0, reserved: 0 });
});

it('shares out no more than the cap, and says so when the cache takes it all', () => {
  const { cache, clips: stored, events, log, results, work, headroom } = sharesOf(20e9, 5e9);
  expect(cache + stored + events + log + results + work + headroom).toBeLessThanOrEqual(20e9);
  expect(Math.min(cache, stored, events, log, results, work)).toBeGreaterThan(1e9);
  expect(() => sharesOf(1e9, 1e9)).toThrow(/cacheCapBytes/);
});

const delegated = (store: ClipStore): Omit<ClipStore, 'put'> => ({
  stat: (name) => store.stat(name),
  open: (name) => store.open(name),
  list: (name) => store.list(name),
  delete: (name) => store.delete(name),
});

/** Takes back every lease, as after an hour of sleep. */
async function expireAll(): Promise<void> {
  const later = await openLedger({
    path: join(folder, 'ledger.db'),
    clock: systemClock,
    uptime: () => Number.MAX_SAFE_INTEGER / 2,
  });
  await later.expire();
  await later.close();
}
