import { expect, it } from 'vitest';
import { FragmentTimes } from '../../../src/domain/mp4/fragments.ts';
import { type MadeFragment, timedFragment, timedInit } from '../../support/fragments.ts';

const tracks = [
  { id: 1, timescale: 90_000, duration: 3_000 },
  { id: 7, timescale: 48_000, duration: 1_024 },
];

function heldMs(fragments: readonly MadeFragment[], init = timedInit(tracks)): number | undefined {
  const times = new FragmentTimes(init);
  for (const fragment of fragments) times.add(timedFragment(fragment));
  return times.heldMs;
}

it.each([
  ['the movie', { id: 1, count: 60 }, 2_000],
  ['the fragment', { id: 1, count: 60, duration: 6_000 }, 4_000],
  ['the fragment, behind all else that may be there', { id: 1, count: 60, duration: 6_000, isFull: true }, 4_000],
  ['each sample', { id: 1, count: 3, duration: 1, durations: [90_000, 45_000, 45_000] }, 2_000],
  ['each sample, among all else', { id: 1, count: 3, durations: [90_000, 45_000, 45_000], isFull: true }, 2_000],
])('samples last as long as %s says', (_, fragment, ms) => {
  expect(heldMs([fragment])).toBe(ms);
  expect(heldMs([fragment, fragment], timedInit(tracks, true))).toBe(2 * ms);
});

it('of several tracks that counts which holds most; those that nobody announced do not', () => {
  const [picture, sound] = [
    { id: 1, count: 30 },
    { id: 7, count: 93.75 * 4 },
  ];
  expect(heldMs([picture, sound])).toBe(8_000);
  expect(heldMs([picture, { id: 3, count: 1e6 }])).toBe(1_000);
});

it('nothing is said of samples without durations, and of what cannot be read', () => {
  expect(heldMs([])).toBeUndefined();
  expect(heldMs([{ id: 1, count: 30, duration: 0 }])).toBeUndefined();
  expect(heldMs([{ id: 1, count: 30 }], Buffer.alloc(50))).toBeUndefined();
  expect(heldMs([{ id: 1, count: 30 }], timedInit([{ id: 1, timescale: 0, duration: 5 }]))).toBeUndefined();
  const times = new FragmentTimes(timedInit(tracks));
  times.add(timedFragment({ id: 1, count: 30 }));
  const cut = timedFragment({ id: 1, count: 9, durations: Array(9).fill(1) });
  // Its run says that it has more entries than there are.
  cut.writeUInt32BE(99, cut.indexOf('trun') + 8);
  times.add(cut);
  expect(times.heldMs).toBeUndefined();
});
