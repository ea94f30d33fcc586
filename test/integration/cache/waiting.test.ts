import { access } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Lease } from '../../../src/ports/mediacache.ts';
import { CacheProcess } from '../../support/cacheprocess.ts';
import { block, lease, patient, served, used, waiting } from '../../support/fullcache.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { RoomNotes } from '../../support/roomnotes.ts';
import { transportStream } from '../../support/segments.ts';

it('gives leases room in the order in which they came, as others let go of what they have', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient, roomRecord });
  const archive = served(world.origin, 12);
  const cache = await world.open();
  const first = await lease(cache, archive, 0, 4);
  const second = lease(cache, archive, 4, 8);
  await waiting(world, 1);
  const third = lease(cache, archive, 8, 9);
  await waiting(world, 2);
  await first.release();
  const held = await second;
  for (const { path } of held.parts) await access(path);
  await waiting(world, 1);
  await held.release();
  expect((await third).parts).toHaveLength(1);
  const whose = { channelId: 'channel', streamId: 'stream', kind: 'waiting' };
  expect(roomRecord.notes).toMatchObject([
    { ...whose, bytes: 4 * block, place: 1 },
    { ...whose, bytes: block, place: 2 },
  ]);
  expect(await world.usage()).toMatchObject({ reserved: 0, waiting: 0 });
});

it('fetches nothing for who waits before there is room for all of it', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 6);
  const cache = await world.open();
  const first = await lease(cache, archive, 0, 2);
  const wide = lease(cache, archive, 2, 6);
  await waiting(world, 1);
  await first.release();
  await (await wide).release();
  expect([2, 3, 4, 5].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1, 1, 1]);
});

/** Two gates: for what comes first, and for the rest. */
function gates() {
  const [early, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const of = [early, early, late, late, early, early, late, late].map(({ promise }) => promise);
  return { early, late, of };
}

it('ends with both where two leases hold half of the cache each and need the other half', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient, roomRecord });
  const { early, late, of } = gates();
  const archive = served(world.origin, 8, of);
  const cache = await world.open();
  const done = [0, 4].map(async (from) => {
    const held = await lease(cache, archive, from, from + 4);
    for (const { path } of held.parts) await access(path);
    await held.release();
  });
  await world.origin.asked('/s0.ts');
  early.resolve();
  await used(world, 4);
  late.resolve();
  await Promise.all(done);
  expect(roomRecord.kinds).toContain('waiting');
  expect(roomRecord.kinds).not.toContain('refused');
});

it('does so over two processes of a folder', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const { early, late, of } = gates();
  const archive = served(world.origin, 8, of);
  await using other = await CacheProcess.start(world.root, archive, patient);
  const cache = await world.open();
  other.beginLease(8_000, 16_000);
  const own = lease(cache, archive, 0, 4).then((held) => held.release());
  await world.origin.asked('/s0.ts');
  early.resolve();
  await used(world, 4);
  late.resolve();
  const theirs = (await other.answer()) as { readonly paths?: readonly string[] };
  expect(theirs.paths).toHaveLength(4);
  await other.release();
  await own;
});

it('sees what another process lets go of', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 8);
  await using other = await CacheProcess.start(world.root, archive);
  expect((await other.lease(0, 8_000)).paths).toHaveLength(4);
  const cache = await world.open();
  const own = lease(cache, archive, 4, 8);
  await waiting(world, 1);
  await other.release();
  expect((await own).parts).toHaveLength(4);
});

it('lets who is at work take more than was thought, ahead of who waits', async () => {
  await using world = await cacheWorld({ cap: 6 * block, maxWaitMs: patient });
  const gate = Promise.withResolvers<void>();
  const archive = served(world.origin, 12);
  world.origin.set('/s1.ts', { body: transportStream(1, 60), gate: gate.promise });
  const cache = await world.open();
  await (await lease(cache, archive, 0, 1)).release();
  await (await lease(cache, archive, 8, 12)).release();
  const atWork = lease(cache, archive, 1, 2);
  await world.origin.asked('/s1.ts');
  const wide = lease(cache, archive, 2, 8);
  await waiting(world, 1);
  gate.resolve();
  const held = await atWork;
  expect(await world.usage()).toMatchObject({ waiting: 1 });
  await held.release();
  expect((await wide).parts).toHaveLength(6);
});

it('does not let who waits hold up those who need no room', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 8);
  const cache = await world.open();
  const first = await lease(cache, archive, 0, 4);
  const wide = lease(cache, archive, 4, 8);
  await waiting(world, 1);
  await (await lease(cache, archive, 1, 3)).release();
  await first.release();
  await wide;
});

it('lets renders go ahead of refinements, which wait for what is held for them', async () => {
  await using world = await cacheWorld({ cap: 5 * block, maxWaitMs: patient });
  const archive = served(world.origin, 12);
  const cache = await world.open();
  await (await lease(cache, archive, 0, 3)).release();
  const spans = [{ archive, fromMs: 0, toMs: 6_000 }];
  await cache.hold({ spans, holder: 'highlight', value: 1, untilMs: Date.now() + patient });
  const refinement = cache.lease({ archive, fromMs: 8_000, toMs: 16_000, purpose: 'refine' });
  await waiting(world, 1);
  const render = await lease(cache, archive, 0, 4);
  expect(await world.usage()).toMatchObject({ waiting: 1 });
  await cache.letGo('highlight');
  await render.release();
  expect((await refinement).parts).toHaveLength(4);
});

it('evicts nothing for who may not overtake', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 12);
  const cache = await world.open();
  const first = await lease(cache, archive, 0, 2);
  await (await lease(cache, archive, 8, 10)).release();
  const wide = lease(cache, archive, 4, 8);
  await waiting(world, 1);
  const tail = cache.lease({ archive, fromMs: 22_000, toMs: 24_000, purpose: 'tail' });
  await expect(tail).rejects.toMatchObject({ code: 'budget' });
  await (await lease(cache, archive, 8, 10)).release();
  expect([8, 9].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1]);
  await first.release();
  await wide;
});

it('gives back what it reserved too much, and lets go of what it had where its media is gone', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 8);
  world.origin.set('/s0.ts', transportStream(0, 60));
  world.origin.set('/s3.ts', { status: 404 });
  const cache = await world.open();
  await (await lease(cache, archive, 0, 1)).release();
  const small = await lease(cache, archive, 1, 2);
  expect((await world.usage()).reserved).toBe(0);
  await small.release();
  await expect(lease(cache, archive, 1, 4)).rejects.toMatchObject({ code: 'media-gone' });
  expect((await lease(cache, archive, 4, 8)).parts).toHaveLength(4);
});

it('takes bodies that do not say their length for as large as those like them', async () => {
  const roomRecord = new RoomNotes();
  await using world = await cacheWorld({ cap: 5 * 2 ** 20, maxWaitMs: patient, roomRecord });
  const archive = served(world.origin, 5);
  world.origin.set('/s0.ts', { body: transportStream(0), closeDelimited: true });
  const { promise: rest, resolve: goOn } = Promise.withResolvers<void>();
  for (const k of [1, 2, 3, 4]) {
    world.origin.set(`/s${k}.ts`, { body: transportStream(k), closeDelimited: true, stallAfter: 188, rest });
  }
  const cache = await world.open();
  await (await lease(cache, archive, 0, 1)).release();
  const wide = lease(cache, archive, 1, 5);
  await Promise.all([1, 2, 3, 4].map((k) => world.origin.asked(`/s${k}.ts`)));
  goOn();
  await (await wide).release();
  expect([1, 2, 3, 4].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1, 1, 1]);
  expect(roomRecord.notes).toEqual([]);
});

it('reserves once for leases that come together for the same media', async () => {
  await using world = await cacheWorld({ cap: 4 * block });
  const archive = served(world.origin, 8);
  const cache = await world.open();
  await (await lease(cache, archive, 0, 1)).release();
  const same = await Promise.all([1, 2, 3].map(() => lease(cache, archive, 4, 8)));
  expect(same.map(({ parts }) => parts.length)).toEqual([4, 4, 4]);
});

it('keeps for who is next what it needs already, and needs less by that', async () => {
  await using world = await cacheWorld({ cap: 4 * block, maxWaitMs: patient });
  const archive = served(world.origin, 8);
  const cache = await world.open();
  const whole: Lease[] = [];
  for (const k of [0, 1, 2, 3]) whole.push(await lease(cache, archive, k, k + 1));
  const next = lease(cache, archive, 2, 6);
  await waiting(world, 1);
  for (const one of whole) await one.release();
  await next;
  expect([2, 3, 4, 5].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1, 1, 1]);
});
