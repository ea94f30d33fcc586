import { describe, expect, it } from 'vitest';
import { spendingScope } from '../../../src/domain/scopes.ts';
import { spentOf } from '../../../src/runtime/budgetspent.ts';
import { block, momentOf, reviewWorld } from '../../support/reviewworld.ts';

const farMs = Date.UTC(2100, 0, 1);

describe('a hold on segments', () => {
  it('keeps what was leased once through a full cache and a restart, and lets the cache evict it afterwards', async () => {
    await using world = await reviewWorld();
    await world.lease('refine', 0, 3);
    const { archive } = world;
    const hold = { spans: [{ archive, fromMs: 2001, toMs: 7999 }], holder: 'h', value: 1, untilMs: farMs };
    expect(await world.cache().hold(hold)).toEqual([]);
    await world.press();
    await world.restart();
    await world.press();
    expect(await world.lease('render', 1, 3)).toBe(0);
    expect(world.requests(1, 3)).toEqual([1, 1, 1]);
    expect((await world.lease('render', 0)) > 0).toBe(true);
    await world.cache().letGo('h');
    await world.press();
    expect((await world.lease('render', 1, 3)) > 0).toBe(true);
    expect(world.requests(1, 3)).toEqual([2, 2, 2]);
  });

  it('fetches nothing, and leaves four tenths of the cache to those at work', async () => {
    await using world = await reviewWorld();
    await world.lease('refine', 0, 6);
    const hold = { holder: 'h', value: 1, untilMs: farMs };
    const { archive } = world;
    expect(await world.cache().hold({ ...hold, spans: [{ archive, fromMs: 0, toMs: 14_000 }] })).toEqual([
      { holder: 'h', diskBytes: 7 * block },
    ]);
    expect(await world.cache().hold({ ...hold, spans: [{ archive, fromMs: 2000, toMs: 18_000 }] })).toEqual([]);
    expect(world.requests(7, 8)).toEqual([0, 0]);
    await world.press();
    expect((await world.lease('render', 10, 13)) > 0).toBe(true);
    expect((await world.used()).used).toBeLessThanOrEqual(10 * block);
    expect(await world.lease('render', 1, 6)).toBe(0);
  });
});

describe('a highlight in review', () => {
  it('has each of its segments fetched once for refinement and render, whatever came between', async () => {
    await using world = await reviewWorld();
    const reviews = world.reviews();
    await world.journal('h', 0, 'detected', momentOf(1, 3, 0.5));
    await world.journal('h', 1, 'refining');
    await world.lease('refine', 0, 4);
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    await reviews.step();
    for (const [revision, state] of ['approved', 'rendering', 'failed', 'approved', 'rendering'].entries()) {
      await world.press();
      await world.journal('h', 3 + revision, state);
      await reviews.step();
    }
    await world.press();
    expect(await world.lease('render', 1, 3)).toBe(0);
    expect(world.requests(0, 4)).toEqual([1, 1, 1, 1, 1]);
    expect(await world.entries()).toEqual([]);
  });

  it('has its segments kept from the end of its refinement on, before the journal says so', async () => {
    await using world = await reviewWorld();
    const reviews = world.reviews();
    for (const [k, id] of ['h', 'i'].entries()) await world.lease('refine', 4 * k, 4 * k + 3, id);
    await world.lease('refine', 8, 9, 'too-much');
    await world.press();
    expect(await world.lease('render', 0, 7)).toBe(0);
    expect((await world.used()).used).toBeLessThanOrEqual(10 * block);
    await world.lease('render', 8, 9);
    expect(world.requests(8, 9)).toEqual([2, 2]);
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    await world.journal('i', 2, 'rejected');
    await reviews.step();
    await world.press();
    await world.lease('render', 0, 7);
    expect(world.requests(0, 7)).toEqual([2, 1, 1, 1, 2, 2, 2, 2]);
    expect(await world.entries()).toEqual([]);
  });

  it('has its sound kept as well, where that lies in segments of its own', async () => {
    await using world = await reviewWorld();
    const { archive } = world;
    const sound = archive.segments.slice(10, 20).map((segment, k) => ({
      ...segment,
      sequence: k,
      startMs: k * 2000,
    }));
    const apart = { ...archive, segments: archive.segments.slice(0, 10), sound };
    const lease = { archive: { ...archive, segments: sound }, fromMs: 2001, toMs: 3999 } as const;
    const listen = async () => (await world.cache().lease({ ...lease, purpose: 'refine' })).release();
    await listen();
    await world.lease('refine', 1);
    await world.journal('h', 2, 'refined', momentOf(1, 1, 0.5));
    await world.reviews(apart).step();
    await world.press();
    await listen();
    await world.lease('render', 1);
    expect([...world.requests(1), ...world.requests(11)]).toEqual([1, 1]);
  });

  it.each(['rendered', 'rejected', 'expired', 'withdrawn'])('lets its segments go once it is %s', async (state) => {
    await using world = await reviewWorld();
    const reviews = world.reviews();
    await world.lease('refine', 1, 3);
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    await reviews.step();
    await world.journal('h', 3, state);
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    await reviews.step();
    await world.press();
    await world.lease('render', 1, 3);
    expect(world.requests(1, 3)).toEqual([2, 2, 2]);
  });

  it('is followed from before the start: what was decided while no process ran is let go, the rest stays held', async () => {
    await using world = await reviewWorld();
    for (const [first, id] of ['decided', 'open'].entries()) {
      await world.lease('refine', first);
      await world.journal(id, 2, 'refined', momentOf(first, first, 0.5));
    }
    await world.reviews().step();
    await world.restart();
    await world.journal('decided', 3, 'rejected');
    await world.reviews().step();
    await world.press();
    await world.lease('render', 0, 1);
    expect(world.requests(0, 1)).toEqual([2, 1]);
  });

  it('is kept for 24 hours from its refinement on, whatever is said later', async () => {
    await using world = await reviewWorld();
    const reviews = world.reviews();
    await world.lease('refine', 1, 3);
    const beforeMs = Date.now();
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    const afterMs = Date.now();
    await reviews.step();
    while (Date.now() <= afterMs) await new Promise((resolve) => setImmediate(resolve));
    await world.journal('h', 3, 'approved', momentOf(1, 2, 0.6));
    await reviews.step();
    const [first, then, ...others] = world.asked;
    expect(others).toEqual([]);
    const hoursMs = 24 * 3_600_000;
    expect(first?.untilMs).toBeGreaterThanOrEqual(beforeMs + hoursMs);
    expect(first?.untilMs).toBeLessThanOrEqual(afterMs + hoursMs);
    expect(then).toMatchObject({ untilMs: first?.untilMs, value: 0.6 });
  });

  it('holds nothing once its time is over', async () => {
    await using world = await reviewWorld();
    await world.lease('refine', 1, 3);
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    await world.journal('h', 3, 'approved', momentOf(1, 3, 0.5));
    world.clock.aheadMs = 24 * 3_600_000;
    await world.reviews().step();
    await world.press();
    await world.lease('render', 1);
    expect(world.requests(1)).toEqual([2]);
  });

  it.each([
    ['a backfill’s', { run: 'again' }],
    ['one without a moment', { highlight: null }],
  ])('holds nothing for %s', async (_, rest) => {
    await using world = await reviewWorld();
    await world.lease('refine', 1);
    await world.journal('h', 2, 'refined', { ...momentOf(1, 3, 0.5), ...rest });
    await world.reviews().step();
    await world.press();
    await world.lease('render', 1);
    expect(world.requests(1)).toEqual([2]);
  });

  it('holds nothing, and asks the origin for nothing, of media or an archive that this node does not have', async () => {
    await using world = await reviewWorld();
    await world.journal('h', 2, 'refined', momentOf(1, 3, 0.5));
    await world.reviews().step();
    await world.reviews(undefined).step();
    await world.lease('refine', 1, 3);
    await world.press();
    await world.lease('render', 1, 3);
    expect(world.requests(1, 3)).toEqual([2, 2, 2]);
  });

  it('of a partition that the worker has lost is let go as well', async () => {
    await using world = await reviewWorld();
    const reviews = world.reviews();
    await world.lease('refine', 1);
    await world.journal('h', 2, 'refined', momentOf(1, 1, 0.5));
    await reviews.step();
    await world.journal('h', 3, 'rejected');
    await reviews.step(new Set());
    await world.press();
    await world.lease('render', 1);
    expect(world.requests(1)).toEqual([2]);
  });
});

describe('highlights in review that would take more than 60 % of the cache', () => {
  it('let the least valuable go, on the record, which nobody takes for spend; what is decided goes first', async () => {
    await using world = await reviewWorld();
    const reviews = world.reviews();
    const scores = { good: 0.9, poor: 0.1, fair: 0.5, better: 0.7 };
    for (const [index, [id, score]] of Object.entries(scores).entries()) {
      await world.lease('refine', 2 * index, 2 * index + 1);
      await world.journal(id, 2, 'refined', momentOf(2 * index, 2 * index + 1, score));
      await reviews.step();
    }
    const [entry, ...others] = await world.entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      kind: 'released',
      scope: 'node:node-1:cache',
      amount: 2 * block,
      taskId: 'poor',
      channelId: 'channel',
      streamId: 'stream',
      nodeId: 'node-1',
      reason: expect.stringContaining('60 %'),
    });
    const spent = ['node:node-1:cache', spendingScope('channel', 'fetchedBytes', world.clock.now())];
    expect(await Promise.all(spent.map((scope) => spentOf(world.topics, scope)))).toEqual([undefined, 0]);
    await world.lease('refine', 8, 9);
    await world.journal('late', 2, 'refined', momentOf(8, 9, 0.6));
    await world.journal('good', 3, 'rendered');
    await reviews.step();
    expect(await world.entries()).toHaveLength(1);
    await world.press();
    for (let k = 0; k < 10; k++) await world.lease('render', k);
    expect(world.requests(0, 9)).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1, 1]);
  });
});
