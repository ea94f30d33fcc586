import { access, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openCacheCatalog } from '../../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { createMediaCache } from '../../../src/adapters/fetch/cache.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { Fetcher } from '../../../src/ports/fetcher.ts';
import type { ArchiveView, MediaCache } from '../../../src/ports/mediacache.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { CacheProcess } from '../../support/cacheprocess.ts';
import { cacheWorld, quiet, scope } from '../../support/mediacaches.ts';
import type { CountingOrigin } from '../../support/origin.ts';
import { transportStream } from '../../support/segments.ts';

const segmentBytes = 20 * 188;
const block = 4096;
/** A machine under load is no origin that stalls. */
const patient = { stallMs: 60_000, firstByteMs: 60_000 };

function served(origin: CountingOrigin, count: number): ArchiveView {
  return archiveOf(Array.from({ length: count }, (_, k) => ({ uri: origin.set(`/s${k}.ts`, transportStream(k)) })));
}
const requests = (origin: CountingOrigin, count: number) =>
  Array.from({ length: count }, (_, k) => origin.requests(`/s${k}.ts`));
const lease = (cache: MediaCache, archive: ArchiveView, from: number, to: number) =>
  cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose: 'render' });
const isWriting = async (folder: string) => (await readdir(folder)).some((name) => name.endsWith('.part'));

it('fetches each segment once for three processes that lease ten overlapping spans each', async () => {
  await using world = await cacheWorld({ limits: patient });
  const archive = served(world.origin, 12);
  await using one = await CacheProcess.start(world.root, archive);
  await using two = await CacheProcess.start(world.root, archive);
  await using three = await CacheProcess.start(world.root, archive);
  const spans = Array.from({ length: 10 }, (_, k) => ({ fromMs: k * 2000, toMs: k * 2000 + 5000 }));
  const answers = (await Promise.all([one, two, three].map((process) => process.leases(spans)))).flat();
  expect(answers.filter(({ paths }) => paths?.length === 3)).toHaveLength(30);
  expect(requests(world.origin, 12)).toEqual(Array.from({ length: 12 }, () => 1));
  expect(answers.reduce((sum, { bytesFetched = 0 }) => sum + bytesFetched, 0)).toBe(12 * segmentBytes);
  expect(await world.usage()).toMatchObject({ used: 12 * block, reserved: 0 });
});

it('gives all processes the error that the one who fetches gets, and later ones a new try', async () => {
  await using world = await cacheWorld({ limits: patient });
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const archive = archiveOf([{ uri: world.origin.set('/s.ts', { status: 404, gate }) }]);
  await using one = await CacheProcess.start(world.root, archive);
  const cache = await world.open();
  one.beginLease(0, 2000);
  await world.origin.asked('/s.ts');
  const waiting = expect(lease(cache, archive, 0, 2)).rejects.toMatchObject({ code: 'media-gone', message: /404/ });
  await expect.poll(() => reservations(world.root)).toBe(2);
  open();
  await waiting;
  expect(await one.answer()).toMatchObject({ code: 'media-gone' });
  expect(world.origin.requests('/s.ts')).toBe(1);
  world.origin.set('/s.ts', transportStream(0));
  expect((await lease(cache, archive, 0, 2)).bytesFetched).toBe(segmentBytes);
});

/** How many leases have been let in. */
function reservations(root: string): number {
  const db = new DatabaseSync(path.join(root, 'ledger.sqlite'), { readOnly: true, timeout: 1000 });
  const count = Number(db.prepare('SELECT count(*) AS count FROM reservations').get()?.count);
  db.close();
  return count;
}

/** How many owners have pinned something. */
function pinnedBy(catalogPath: string): number {
  const db = new DatabaseSync(catalogPath, { readOnly: true, timeout: 1000 });
  const count = Number(db.prepare('SELECT count(DISTINCT owner) AS count FROM pins').get()?.count);
  db.close();
  return count;
}

it('lets others fetch what a process gave up, whatever its fetch said in the end', async () => {
  await using world = await cacheWorld({ limits: patient });
  const archive = served(world.origin, 1);
  const clock = systemClock;
  const catalog = await openCacheCatalog({ path: world.catalogPath, clock });
  const stop = new AbortController();
  let begun = () => {};
  const fetching = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const fetcher: Fetcher = {
    get: async ({ signal }) => {
      begun();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      throw new CliptideError('unavailable', 'the connection ended');
    },
    text: () => expect.unreachable('no playlist is read'),
  };
  const { folder, ledger } = world;
  const options = { folder, catalog, ledger, scope, fetcher, floorBytes: 0, clock, logger: quiet };
  const one = await createMediaCache(options);
  const request = { archive, fromMs: 0, toMs: 1000, purpose: 'render', signal: stop.signal } as const;
  const left = expect(one.lease(request)).rejects.toMatchObject({ code: 'aborted' });
  await fetching;
  const cache = await world.open();
  const waiting = lease(cache, archive, 0, 1);
  await expect.poll(() => pinnedBy(world.catalogPath)).toBe(2);
  stop.abort();
  await left;
  expect((await waiting).bytesFetched).toBe(segmentBytes);
  await one.close();
  await catalog.close();
});

it('goes on at once when the process that fetches is killed, with one more fetch', async () => {
  await using world = await cacheWorld({ limits: patient });
  const { origin, folder, root } = world;
  const archive = served(origin, 4);
  origin.set('/s1.ts', { body: transportStream(1), stallAfter: 1000 });
  await using one = await CacheProcess.start(root, archive);
  expect((await one.lease(0, 2000)).paths).toHaveLength(1);
  one.beginLease(2000, 4000);
  await expect.poll(() => isWriting(folder), { interval: 5 }).toBe(true);
  await using two = await CacheProcess.start(root, archive);
  const cache = await world.open();
  expect(await isWriting(folder)).toBe(true);
  two.beginLease(0, 8000);
  const waiting = lease(cache, archive, 0, 8);
  await expect.poll(() => pinnedBy(world.catalogPath)).toBe(3);
  origin.set('/s1.ts', transportStream(1));
  await one.kill();
  const paths = (await waiting).parts.map((part) => part.path);
  expect((await two.answer()) as object).toMatchObject({ paths });
  expect(requests(origin, 4)).toEqual([1, 2, 1, 1]);
  expect(await readFile(paths[1] ?? '')).toEqual(transportStream(1));
  expect(await isWriting(folder)).toBe(false);
});

it('fetches each segment once, plus one, for 100 leases over a slow origin when a process that fetches is killed', async () => {
  await using world = await cacheWorld({ limits: patient });
  const { origin, folder, root } = world;
  const count = 16;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const uris = Array.from({ length: count }, (_, k) => origin.set(`/s${k}.ts`, { body: transportStream(k), gate }));
  const archive = archiveOf(uris.map((uri) => ({ uri })));
  await using victim = await CacheProcess.start(root, archive);
  victim.beginLease(0, 2 * count * 1000);
  await origin.asked('/s0.ts');
  await using other = await CacheProcess.start(root, archive);
  const span = (k: number) => ({ fromMs: (k % 14) * 2000, toMs: ((k % 14) + 1 + (k % 3)) * 2000 });
  other.tell(Array.from({ length: 50 }, (_, k) => span(k)));
  const cache = await world.open();
  const own = Array.from({ length: 50 }, (_, k) => lease(cache, archive, span(k).fromMs / 1000, span(k).toMs / 1000));
  await expect.poll(() => pinnedBy(world.catalogPath)).toBe(3);
  const before = requests(origin, count);
  await victim.kill();
  open();
  expect(await Promise.all(own)).toHaveLength(50);
  expect((await other.answer()) as object[]).toHaveLength(50);
  for (const [k, asked] of requests(origin, count).entries()) expect(asked).toBeLessThanOrEqual(1 + (before[k] ?? 0));
  expect(Math.max(...requests(origin, count))).toBeLessThanOrEqual(2);
  expect(await isWriting(folder)).toBe(false);
  expect((await world.usage()).used).toBe(count * block);
});

it('fences off a process that was stopped past its lease: no file and no commit of its own', async () => {
  await using world = await cacheWorld({ limits: patient });
  const { origin, folder, root } = world;
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const archive = archiveOf([{ uri: origin.set('/s.ts', { body: transportStream(1), gate }) }]);
  await using one = await CacheProcess.start(root, archive);
  one.beginLease(0, 2000);
  await origin.asked('/s.ts');
  one.signal('SIGSTOP');
  const db = new DatabaseSync(world.catalogPath, { timeout: 5000 });
  db.prepare('UPDATE owners SET expires_ms = 0 WHERE id = ?').run(one.owner);
  db.close();
  origin.set('/s.ts', transportStream(2));
  const cache = await world.open();
  const held = await lease(cache, archive, 0, 2);
  open();
  one.signal('SIGCONT');
  expect(await one.answer()).toEqual({ paths: held.parts.map((part) => part.path), bytesFetched: segmentBytes });
  expect(await readFile(held.parts[0]?.path ?? '')).toEqual(transportStream(2));
  expect(origin.requests('/s.ts')).toBe(2);
  expect(await world.files()).toHaveLength(1);
  expect(await world.usage()).toMatchObject({ used: block, reserved: 0 });
  expect(await isWriting(folder)).toBe(false);
});

it('never evicts what another process leases, and waits for nothing that it has let go', async () => {
  await using world = await cacheWorld({ cap: 3 * block, limits: patient });
  const archive = served(world.origin, 5);
  await using other = await CacheProcess.start(world.root, archive);
  const { paths = [] } = await other.lease(0, 4000);
  const cache = await world.open();
  await (await lease(cache, archive, 4, 6)).release();
  const held = await lease(cache, archive, 6, 8);
  await expect(lease(cache, archive, 8, 10)).rejects.toMatchObject({ code: 'budget' });
  for (const file of paths) await access(file);
  await other.release();
  await lease(cache, archive, 8, 10);
  await access(held.parts[0]?.path ?? '');
  expect(await world.usage()).toMatchObject({ used: 3 * block, reserved: 0 });
});

it('fetches again for one process what somebody removed after another had leased it', async () => {
  await using world = await cacheWorld({ limits: patient });
  const archive = served(world.origin, 1);
  await using other = await CacheProcess.start(world.root, archive);
  const { paths = [] } = await other.lease(0, 2000);
  await rm(paths[0] ?? '');
  const held = await lease(await world.open(), archive, 0, 2);
  expect(await readFile(held.parts[0]?.path ?? '')).toEqual(transportStream(0));
  expect(world.origin.requests('/s0.ts')).toBe(2);
  expect(await world.usage()).toMatchObject({ used: block, reserved: 0 });
});

it('takes a folder over that an earlier version filled, and evicts by the age of its files', async () => {
  await using world = await cacheWorld({ cap: 3 * block, limits: patient });
  const archive = served(world.origin, 4);
  const before = await world.open();
  const paths: string[] = [];
  for (const k of [0, 1, 2]) paths.push((await lease(before, archive, 2 * k, 2 * k + 2)).parts[0]?.path ?? '');
  await before.close();
  const earlier = await cacheWorld({ cap: 3 * block, limits: patient });
  await using _ = earlier;
  await (await earlier.open()).close();
  for (const [k, file] of paths.entries()) {
    const copy = path.join(earlier.folder, path.basename(file));
    await writeFile(copy, await readFile(file));
    await utimes(copy, 1000 + k, 1000 + k);
  }
  await writeFile(path.join(earlier.folder, `${'cd'.repeat(32)}.part`), 'half');
  const cache = await earlier.open();
  expect(await earlier.files()).toHaveLength(3);
  expect(await earlier.usage()).toMatchObject({ used: 3 * block });
  await (await lease(cache, archive, 2, 4)).release();
  await (await lease(cache, archive, 6, 8)).release();
  expect(requests(world.origin, 4)).toEqual([1, 1, 1, 1]);
  expect(await earlier.files()).not.toContain(path.basename(paths[0] ?? ''));
});

it('keeps within its cap while three processes evict for each other, one of them killed, and then equals the disk', async () => {
  const cap = 6 * block;
  await using world = await cacheWorld({ cap, limits: patient });
  const { root } = world;
  const archive = served(world.origin, 16);
  const processes = [0, 1, 2].map(() => CacheProcess.start(root, archive));
  const [one, two, three] = await Promise.all(processes);
  if (one === undefined || two === undefined || three === undefined) return expect.unreachable();
  await using _one = one;
  await using _two = two;
  await using _three = three;
  let running = 3;
  const work = async (process: CacheProcess, step: number, rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      const k = (round * step) % 15;
      const { code = 'budget', paths = [], message } = await process.lease(k * 2000, k * 2000 + 3000);
      expect(code, message).toBe('budget');
      for (const file of paths) await access(file);
      if (round % 2 === 1) await process.release();
    }
    running--;
  };
  const all = Promise.all([work(one, 7, 40), work(two, 4, 40), work(three, 2, 15).then(() => three.kill())]);
  while (running > 0) {
    const { used, reserved } = await world.usage();
    expect(used + reserved).toBeLessThanOrEqual(cap);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await all;
  await one.kill();
  await two.kill();
  await world.open();
  expect((await world.usage()).used).toBe((await world.files()).length * block);
  expect((await world.files()).some((name) => name.endsWith('.part'))).toBe(false);
});
