import { describe, expect, it } from 'vitest';
import type { RecentArchives } from '../../../src/ports/archive.ts';
import type { ArchiveView } from '../../../src/ports/mediacache.ts';
import { Tails } from '../../../src/runtime/tail/tail.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { cacheWorld, quiet } from '../../support/mediacaches.ts';
import { transportStream } from '../../support/segments.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

/** A busy machine is no slow origin. */
const patient = { limits: { stallMs: 10_000 } };

type World = Awaited<ReturnType<typeof cacheWorld>>;
const bytes = 20 * 188;
const names = Array.from({ length: 10 }, (_, k) => `/s${k}.ts`);
const tailScope = 'channel:channel:tail';

/** A live archive of two-second segments, so many of which have appeared, of a playlist that lists three seconds. */
function liveArchive(world: World, count: number, windowMs: number | null = 3_000): ArchiveView {
  for (const [k, name] of names.entries()) world.origin.set(name, transportStream(k));
  const archive = archiveOf(names.slice(0, count).map((name) => ({ uri: world.origin.url + name })));
  return { ...archive, segments: archive.segments.map((segment) => ({ ...segment, windowMs })) };
}

/** The tails of a process, over what `archives` says. */
async function tailsOf(world: World, settings: { seconds: number; capBytes: number }, archives: () => ArchiveView[]) {
  const cache = await world.open();
  const clock = new VirtualClock(1_000_000);
  const recent: RecentArchives = { recent: async (partition) => (partition === 3 ? archives() : []) };
  const warned: unknown[] = [];
  const logger = {
    ...quiet,
    warn: (message: string, { sequence }: Record<string, unknown> = {}) => void warned.push([message, sequence]),
  };
  const tails = new Tails({ cache, ledger: world.ledger, logger, settings, archives: recent, clock });
  const stop = new AbortController();
  return {
    cache,
    clock,
    warned,
    stop,
    tails,
    step: async (partitions: readonly number[] = [3]) => {
      await tails.step(new Set(partitions), stop.signal);
      await tails.idle();
    },
  };
}
const fetched = (world: World) => names.flatMap((name, k) => (world.origin.requests(name) > 0 ? [k] : []));
const lease = { fromMs: 8_500, toMs: 11_500, purpose: 'render' } as const;

describe('the rolling tail of a live channel', () => {
  it('keeps the last seconds of a short playlist, each segment fetched once, so that a late clip finds them', async () => {
    await using world = await cacheWorld(patient);
    let count = 4;
    const { step, cache } = await tailsOf(world, { seconds: 5, capBytes: 1e6 }, () => [liveArchive(world, count)]);
    await step();
    expect(fetched(world)).toEqual([1, 2, 3]);
    for (count = 5; count <= 10; count += 1) await step();
    expect(fetched(world)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...names.map((name) => world.origin.requests(name)))).toBe(1);
    expect(await world.ledger.usage(tailScope)).toMatchObject({ cap: 1e6, used: 0, reserved: 3 * bytes });
    for (const name of names) world.origin.set(name, { status: 404 });
    const archive = liveArchive(world, 10);
    for (const name of names) world.origin.set(name, { status: 404 });
    expect((await cache.lease({ archive, ...lease })).bytesFetched).toBe(0);
  });

  it('fetches nothing of a playlist that lists enough, of one from which nothing leaves, nor of another node’s channel', async () => {
    await using world = await cacheWorld(patient);
    let view = liveArchive(world, 10, 5_000);
    const { step } = await tailsOf(world, { seconds: 5, capBytes: 1e6 }, () => [view]);
    await step();
    view = liveArchive(world, 10, null);
    await step();
    view = liveArchive(world, 10);
    await step([0, 1, 2]);
    expect(fetched(world)).toEqual([]);
  });

  it('is pinned while it is young, and lets go behind itself: the cache may then evict', async () => {
    await using world = await cacheWorld({ ...patient, cap: 3 * 4096 });
    let count = 3;
    const { step, cache } = await tailsOf(world, { seconds: 4, capBytes: 1e6 }, () => [liveArchive(world, count)]);
    await step();
    count = 10;
    await step();
    const held = await Promise.all(
      [8, 9].map((k) =>
        cache.lease({ archive: liveArchive(world, 10), fromMs: k * 2000 + 1, toMs: k * 2000 + 2, purpose: 'render' }),
      ),
    );
    expect(held.map(({ bytesFetched }) => bytesFetched)).toEqual([0, 0]);
    expect(await world.usage()).toMatchObject({ cap: 3 * 4096 });
  });

  it('is as short as its budget allows, with the newest segments in it', async () => {
    await using world = await cacheWorld(patient);
    let count = 6;
    const settings = { seconds: 12, capBytes: 3 * bytes + 10 };
    const { step, cache } = await tailsOf(world, settings, () => [liveArchive(world, count)]);
    for (; count <= 10; count += 1) await step();
    expect(await world.ledger.usage(tailScope)).toMatchObject({ used: 0, reserved: 3 * bytes });
    expect(Math.max(...names.map((name) => world.origin.requests(name)))).toBe(1);
    expect(
      (await cache.lease({ archive: liveArchive(world, 10), fromMs: 14_500, toMs: 19_500, purpose: 'render' }))
        .bytesFetched,
    ).toBe(0);
  });

  it('does without a tail where a single segment is beyond its budget', async () => {
    await using world = await cacheWorld(patient);
    const { step } = await tailsOf(world, { seconds: 12, capBytes: 100 }, () => [liveArchive(world, 10)]);
    await step();
    await step();
    expect(fetched(world)).toEqual([4]);
    expect(await world.ledger.usage(tailScope)).toMatchObject({ used: 0, reserved: 0 });
  });

  it('goes on with the next ones while a segment does not come, and has it as well once it does', async () => {
    await using world = await cacheWorld(patient);
    let view = liveArchive(world, 3);
    const { step, tails, clock, stop } = await tailsOf(world, { seconds: 5, capBytes: 1e6 }, () => [view]);
    await step();
    view = liveArchive(world, 6);
    const slow = Promise.withResolvers<void>();
    world.origin.set('/s3.ts', { body: transportStream(3), gate: slow.promise });
    await tails.step(new Set([3]), stop.signal);
    await world.origin.asked('/s3.ts');
    expect(fetched(world)).toEqual([0, 1, 2, 3]);
    await clock.advance(2_000);
    await Promise.all(['/s4.ts', '/s5.ts'].map((name) => world.origin.asked(name)));
    slow.resolve();
    await tails.idle();
    expect([3, 4, 5].map((k) => world.origin.requests(`/s${k}.ts`))).toEqual([1, 1, 1]);
    expect(await world.ledger.usage(tailScope)).toMatchObject({ reserved: 3 * bytes });
  });

  it('lets go of its oldest segment, also where that came after newer ones', async () => {
    await using world = await cacheWorld(patient);
    let view = liveArchive(world, 1);
    const settings = { seconds: 12, capBytes: 3 * bytes + 10 };
    const { step, tails, clock, stop, cache } = await tailsOf(world, settings, () => [view]);
    await step();
    view = liveArchive(world, 4);
    const slow = Promise.withResolvers<void>();
    world.origin.set('/s1.ts', { body: transportStream(1), gate: slow.promise });
    await tails.step(new Set([3]), stop.signal);
    await world.origin.asked('/s1.ts');
    await clock.advance(2_000);
    await Promise.all(['/s2.ts', '/s3.ts'].map((name) => world.origin.asked(name)));
    slow.resolve();
    await tails.idle();
    view = liveArchive(world, 5);
    await step();
    await cache.evict(1e9);
    const span = { archive: view, fromMs: 4_500, toMs: 9_500, purpose: 'render' } as const;
    expect((await cache.lease(span)).bytesFetched).toBe(0);
  });

  it('asks again for what is away for now, three times, and does without what is gone', async () => {
    await using world = await cacheWorld({ limits: { ...patient.limits, attempts: 1 } });
    const view = liveArchive(world, 4);
    world.origin.set('/s2.ts', { status: 503 });
    world.origin.set('/s3.ts', { status: 404 });
    const { step, warned } = await tailsOf(world, { seconds: 5, capBytes: 1e6 }, () => [view]);
    for (let k = 0; k < 5; k += 1) await step();
    // Of those in a row one is told.
    expect(warned).toEqual([[expect.stringContaining('missing in the tail'), 2]]);
    expect(['/s1.ts', '/s2.ts', '/s3.ts'].map((name) => world.origin.requests(name))).toEqual([1, 3, 1]);
    expect(await world.ledger.usage(tailScope)).toMatchObject({ reserved: bytes });
  });

  it('is let go of with the broadcast, and at the end of the process', async () => {
    await using world = await cacheWorld(patient);
    let views = [liveArchive(world, 4)];
    const { step, tails, stop, clock } = await tailsOf(world, { seconds: 5, capBytes: 1e6 }, () => views);
    await step();
    views = [];
    await step();
    expect(await world.ledger.usage(tailScope)).toMatchObject({ reserved: 0 });
    views = [liveArchive(world, 4)];
    const running = tails.run(() => new Set([3]), stop.signal);
    while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
    await tails.idle();
    expect(await world.ledger.usage(tailScope)).toMatchObject({ reserved: 3 * bytes });
    stop.abort();
    await running;
    expect(await world.ledger.usage(tailScope)).toMatchObject({ reserved: 0 });
  });
});
