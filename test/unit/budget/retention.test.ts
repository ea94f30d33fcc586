import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelLimits } from '../../../src/domain/budgets.ts';
import { graceMs, type KeptClip, removals } from '../../../src/domain/retention.ts';

const nowMs = Date.UTC(2026, 9, 1);
const dayMs = 86_400_000;
const none = { clipBytes: undefined, clipCount: undefined, clipDays: undefined };
const noRoom = { bytes: 0, clips: 0 };

const clip = fc.record({
  clipId: fc.uuid(),
  bytes: fc.integer({ min: 1, max: 100 }),
  // Also by a clock that ran ahead.
  storedAtMs: fc.integer({ min: nowMs - 40 * dayMs, max: nowMs + 10 * dayMs }),
  isWhole: fc.boolean(),
  isPinned: fc.boolean(),
});
const clips = fc.uniqueArray(clip, { selector: ({ clipId }) => clipId, maxLength: 20 });
const limits = fc.record({
  clipBytes: fc.option(fc.integer({ min: 0, max: 800 }), { nil: undefined }),
  clipCount: fc.option(fc.nat(15), { nil: undefined }),
  clipDays: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
});
const room = fc.record({ bytes: fc.nat(100), clips: fc.nat(1) });
const mayGo = ({ isPinned, storedAtMs }: KeptClip): boolean => !isPinned && Math.abs(nowMs - storedAtMs) >= graceMs;
const bytesOf = (all: readonly KeptClip[]): number => all.reduce((sum, { bytes }) => sum + bytes, 0);

test('what is left keeps within the limits, unless only pinned and new clips are left', () => {
  fc.assert(
    fc.property(clips, limits, room, (all, limit, more) => {
      const gone = new Set(removals(all, limit, more, nowMs).map((removal) => removal.clip));
      const left = all.filter((one) => !gone.has(one));
      for (const one of gone) expect(mayGo(one)).toBe(true);
      const free = left.filter(mayGo);
      if (limit.clipDays !== undefined) {
        for (const one of free) expect(nowMs - one.storedAtMs).toBeLessThanOrEqual(limit.clipDays * dayMs);
      }
      const isSmall = bytesOf(left) + more.bytes <= (limit.clipBytes ?? Number.POSITIVE_INFINITY);
      const isFew =
        left.filter((one) => one.isWhole).length + more.clips <= (limit.clipCount ?? Number.POSITIVE_INFINITY);
      if (!isSmall) expect(free).toEqual([]);
      if (!isFew) expect(free.filter((one) => one.isWhole)).toEqual([]);
    }),
  );
});

test('the oldest go, and no more of them than it takes', () => {
  const all = [3, 1, 2].map((day) => ({
    ...{ clipId: `${day}`, bytes: 10, storedAtMs: nowMs - (10 - day) * dayMs },
    ...{ isWhole: true, isPinned: false },
  }));
  const ids = (limit: Partial<ChannelLimits>, more = noRoom) =>
    removals(all, { ...none, ...limit }, more, nowMs).map((removal) => removal.clip.clipId);
  expect(ids({})).toEqual([]);
  expect(ids({ clipCount: 3 })).toEqual([]);
  expect(ids({ clipCount: 3 }, { bytes: 10, clips: 1 })).toEqual(['1']);
  expect(ids({ clipBytes: 30 }, { bytes: 11, clips: 1 })).toEqual(['1', '2']);
  expect(ids({ clipDays: 8 })).toEqual(['1']);
});

test('clips of a clock that ran ahead make room, after those that are known to be older, and not while they may be new', () => {
  const all = [-1, 5, 1].map((day) => ({
    ...{ clipId: `${day}`, bytes: 10, storedAtMs: nowMs + day * dayMs },
    ...{ isWhole: true, isPinned: false },
  }));
  // Written by another machine, whose clock differs a little.
  const justMade = { ...all[0], clipId: 'new', bytes: 10, storedAtMs: nowMs + 5_000, isWhole: true, isPinned: false };
  const ids = (clipCount: number) =>
    removals([...all, justMade], { ...none, clipCount }, noRoom, nowMs).map((removal) => removal.clip.clipId);
  expect(ids(2)).toEqual(['-1', '1']);
  expect(ids(0)).toEqual(['-1', '1', '5']);
});
