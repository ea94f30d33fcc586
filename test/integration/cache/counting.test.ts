import { expect, it } from 'vitest';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { ArchiveSegment } from '../../../src/domain/records.gen.ts';
import type { FetchBudget } from '../../../src/ports/fetchbudget.ts';
import type { ArchiveView, MediaCache } from '../../../src/ports/mediacache.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import type { CountingOrigin } from '../../support/origin.ts';
import { fragment, initSection, transportStream } from '../../support/segments.ts';

const segmentBytes = 20 * 188;
const lease = (cache: MediaCache, archive: ArchiveView, from: number, to: number, signal?: AbortSignal) =>
  cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose: 'render', ...(signal ? { signal } : {}) });

const withSegments = (view: ArchiveView, change: (one: ArchiveSegment) => Partial<ArchiveSegment>): ArchiveView => ({
  ...view,
  segments: view.segments.map((segment) => ({ ...segment, ...change(segment) })),
});
const signed = (view: ArchiveView, token: string): ArchiveView =>
  withSegments(view, ({ media }) => ({ media: { ...media, uri: `${media.uri}?token=${token}` } }));

function served(origin: CountingOrigin, count: number): ArchiveView {
  return archiveOf(Array.from({ length: count }, (_, k) => ({ uri: origin.set(`/s${k}.ts`, transportStream(k)) })));
}

function gated(): { readonly gate: Promise<void>; open: () => void } {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { gate, open: () => open() };
}

it('takes a segment with a refreshed token for the same, and one with another sequence for another', async () => {
  await using world = await cacheWorld();
  const archive = served(world.origin, 1);
  const cache = await world.open();
  await lease(cache, signed(archive, 'one'), 0, 2);
  await lease(cache, signed(archive, 'two'), 0, 2);
  expect(world.origin.requests('/s0.ts')).toBe(1);
  await lease(
    cache,
    withSegments(archive, () => ({ sequence: 7 })),
    0,
    2,
  );
  expect(world.origin.requests('/s0.ts')).toBe(2);
});

it('counts every byte that the origin sent in one lease: initialisation sections, failed tries, flights that were left', async () => {
  await using world = await cacheWorld({ limits: { stallMs: 250 } });
  const { origin } = world;
  const init = origin.set('/init.mp4', { body: initSection() });
  const media = origin.set('/a.m4s', { body: fragment() });
  const range = (uri: string) => ({ uri, byteOffset: null, byteLength: null, key: null });
  const fragmented = withSegments(archiveOf([{}]), () => ({ init: range(init), media: range(media) }));
  const cache = await world.open();
  expect((await lease(cache, fragmented, 0, 2)).bytesFetched).toBe(initSection().length + fragment().length);

  // All tries stall half-way, then the whole comes.
  const archive = { ...served(origin, 3), streamId: 'other' };
  origin.set('/s0.ts', { body: transportStream(0), stallAfter: 1000 });
  await expect(lease(cache, archive, 0, 2)).rejects.toMatchObject({ code: 'timeout' });
  origin.set('/s0.ts', { body: transportStream(0) });
  expect((await lease(cache, archive, 0, 2)).bytesFetched).toBe(origin.bytes('/s0.ts'));

  // Who asked first leaves; who waits with it counts.
  const { gate, open } = gated();
  origin.set('/s1.ts', { body: transportStream(1), gate });
  const left = new AbortController();
  const first = expect(lease(cache, archive, 2, 4, left.signal)).rejects.toMatchObject({ code: 'aborted' });
  const second = lease(cache, archive, 2, 4);
  await origin.asked('/s1.ts');
  left.abort();
  await first;
  open();
  expect((await second).bytesFetched).toBe(segmentBytes);
  expect((await lease(cache, archive, 2, 4)).bytesFetched).toBe(0);

  // One segment of a lease fails, the other came: the next lease counts it.
  origin.set('/s2.ts', { status: 404 });
  await lease(cache, { ...archive, streamId: 'third' }, 0, 6).catch(() => undefined);
  const third = await lease(cache, { ...archive, streamId: 'third' }, 0, 4);
  expect(third.bytesFetched).toBe(2 * segmentBytes);
});

/** A budget that writes down what it is asked and refuses beyond its cap. */
class WrittenBudget implements FetchBudget {
  readonly log: string[] = [];
  readonly #cap: number;
  settled = 0;

  constructor(cap: number) {
    this.#cap = cap;
  }

  async begin({ channelId, streamId, bytes }: Parameters<FetchBudget['begin']>[0]) {
    this.log.push(`begin ${channelId} ${streamId} ${bytes}`);
    this.#mustFit(bytes);
    return {
      cover: async (total: number) => {
        this.log.push(`cover ${total}`);
        this.#mustFit(total);
      },
      settle: async (total: number) => {
        this.log.push(`settle ${total}`);
        this.settled += total;
      },
    };
  }

  #mustFit(bytes: number): void {
    if (this.settled + bytes > this.#cap) throw new CliptideError('budget', 'no more may be fetched this hour');
  }
}

it('asks the budget of fetched bytes before each download, covers what is more, and settles what came', async () => {
  const fetchBudget = new WrittenBudget(100_000_000);
  await using world = await cacheWorld({ fetchBudget });
  const archive = served(world.origin, 3);
  const large = transportStream(1, 10_000);
  world.origin.set('/s1.ts', large);
  const ranged = withSegments(archive, ({ sequence, media }) =>
    sequence === 2 ? { media: { ...media, byteOffset: 0, byteLength: 1880 } } : {},
  );
  const cache = await world.open();
  await lease(cache, ranged, 0, 2);
  await lease(cache, ranged, 0, 2);
  expect(fetchBudget.log).toEqual([`begin channel stream ${1024 * 1024}`, `settle ${segmentBytes}`]);
  fetchBudget.log.length = 0;
  await lease(cache, ranged, 2, 4);
  expect(fetchBudget.log[0]).toBe(`begin channel stream ${segmentBytes}`);
  expect(fetchBudget.log.filter((line) => line.startsWith('cover')).length).toBeGreaterThan(0);
  expect(fetchBudget.log.at(-1)).toBe(`settle ${large.length}`);
  fetchBudget.log.length = 0;
  await lease(cache, ranged, 4, 6);
  expect(fetchBudget.log).toEqual(['begin channel stream 1880', 'settle 1880']);
});

it('ends only the flight that the budget refuses, without a trace, and settles what had come', async () => {
  const fetchBudget = new WrittenBudget(1_500_000);
  await using world = await cacheWorld({ fetchBudget });
  const archive = served(world.origin, 2);
  const large = transportStream(0, 50_000);
  world.origin.set('/s0.ts', large);
  const cache = await world.open();
  const [refused, other] = await Promise.allSettled([lease(cache, archive, 0, 2), lease(cache, archive, 2, 4)]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'budget', message: /this hour/ } });
  expect(other.status).toBe('fulfilled');
  expect(world.origin.requests('/s0.ts')).toBe(1);
  expect(fetchBudget.settled).toBeGreaterThan(segmentBytes);
  expect(fetchBudget.settled).toBeLessThan(large.length);
  expect(await world.files()).toHaveLength(1);
  expect(await world.usage()).toMatchObject({ used: 4096, reserved: 0 });
});
