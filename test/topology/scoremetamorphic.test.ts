import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import type { Output } from '../../src/runtime/stage.ts';
import { zeroAtMs } from '../support/chatstream.ts';
import { withoutFates } from '../support/eventful.ts';
import { broadcastOf, chatter, type Happening, reaction } from '../support/madebroadcast.ts';
import { give, highlightsIn, outputsOf, rankingIn, scoreDriver } from '../support/scorestage.ts';

const seconds = 1500;
/** How many people react, and when: the ones apart enough in size that their order is no chance. */
const moments = [
  { atSec: 200, people: 20 },
  { atSec: 450, people: 70 },
  { atSec: 700, people: 28 },
  { atSec: 950, people: 45 },
  { atSec: 1200, people: 110 },
] as const;
const bestFirst = [...moments].sort((a, b) => b.people - a.people).map(({ atSec }) => atSec);
const seeds = [11, 22, 33, 44, 55, 66];

/** An audience of 400 with its moments; `names` sets it apart from others. */
const audience = (seed: number, names: string): Happening[] => [
  ...chatter({ toSec: seconds, perSecond: 2, people: 400, seed, names }),
  ...moments.flatMap((moment) => reaction({ ...moment, seed: seed + moment.atSec, names: `${names}r` })),
];
const usualOf = (seed: number): readonly Output[] => outputsOf(broadcastOf(audience(seed, 'u'), seconds));

/** The moments by the places that the ranking gives them, where it has them at all. */
function rankedMoments(outputs: readonly Output[]): number[] {
  return rankingIn(outputs).candidates.flatMap(({ peakMs }) => {
    const peak = (peakMs - zeroAtMs) / 1000;
    return moments.filter(({ atSec }) => peak >= atSec && peak < atSec + 30).map(({ atSec }) => atSec);
  });
}
/** The moments for which a highlight was emitted, and how many were for none. */
function emittedMoments(outputs: readonly Output[]): { readonly found: readonly number[]; readonly other: number } {
  const peaks = highlightsIn(outputs).map(({ peakMs }) => (peakMs - zeroAtMs) / 1000);
  const at = peaks.map((peak) => moments.find(({ atSec }) => peak >= atSec && peak < atSec + 30)?.atSec);
  const found = at.filter((atSec) => atSec !== undefined);
  return { found, other: at.length - found.length };
}

/** The share of all pairs that two orders of the same things have the same way round. */
function agreement(some: readonly number[], others: readonly number[]): number {
  let same = 0;
  let pairs = 0;
  for (const [i, first] of some.entries()) {
    for (const second of some.slice(i + 1)) {
      pairs += 1;
      if (others.indexOf(first) < others.indexOf(second)) same += 1;
    }
  }
  return same / pairs;
}

describe('the same moments in another chat', () => {
  const rounds = seeds.map((seed) => ({ seed, usual: usualOf(seed) }));

  it('are found and ranked by how many react, so that what follows compares something', () => {
    for (const { usual } of rounds) {
      expect(rankedMoments(usual).slice().sort()).toEqual([...bestFirst].sort());
      expect(agreement(bestFirst, rankedMoments(usual))).toBeGreaterThanOrEqual(0.8);
      expect(emittedMoments(usual).found).toHaveLength(moments.length);
    }
  });

  it('of twice the audience are the same, in nearly the same order', () => {
    for (const { seed, usual } of rounds) {
      const twice = outputsOf(broadcastOf([...audience(seed, 'u'), ...audience(seed + 1, 'v')], seconds));
      expect(emittedMoments(twice).found).toEqual(emittedMoments(usual).found);
      expect(rankedMoments(twice).slice().sort()).toEqual([...bestFirst].sort());
      expect(agreement(rankedMoments(usual), rankedMoments(twice))).toBeGreaterThanOrEqual(0.8);
    }
  });

  it('with unrelated chatter at a constant rate keep the best, and no other highlight comes of it', () => {
    for (const { seed, usual } of rounds) {
      const unrelated = chatter({ toSec: seconds, perSecond: 3, people: 500, seed: seed + 7, names: 'other' });
      const mixed = outputsOf(broadcastOf([...audience(seed, 'u'), ...unrelated], seconds));
      expect(rankedMoments(mixed).slice(0, 2).sort()).toEqual(bestFirst.slice(0, 2).sort());
      expect(rankedMoments(mixed).slice(0, 4)).toEqual(expect.arrayContaining(bestFirst.slice(0, 3)));
      expect(emittedMoments(mixed).found).toEqual(expect.arrayContaining(bestFirst.slice(0, 3)));
      expect(emittedMoments(mixed).other).toBeLessThanOrEqual(emittedMoments(usual).other);
    }
  });
});

describe('what is no part of a chat', () => {
  const events = broadcastOf(audience(5, 'u'), seconds);
  const expected = outputsOf(events);
  const renamed = (event: LiveEvent, name: (userId: string) => string): LiveEvent =>
    event.chat === null ? event : { ...event, chat: { ...event.chat, userId: name(event.chat.userId) } };

  it('the name of one user or of all changes nothing', () => {
    const one = events.map((event) => renamed(event, (userId) => (userId === 'u3' ? 'somebody' : userId)));
    const all = events.map((event) => renamed(event, (userId) => `${userId.length}:${userId}:new`));
    expect(highlightsIn(expected).length).toBeGreaterThan(3);
    expect(JSON.stringify(outputsOf(one))).toBe(JSON.stringify(expected));
    expect(JSON.stringify(outputsOf(all))).toBe(JSON.stringify(expected));
  });

  it.each(['channel-1', 'channel-2'])(
    'another broadcast, of %s, in the same partition changes nothing',
    (channelId) => {
      const other = broadcastOf(audience(6, 'u'), seconds).map((event) => ({
        ...event,
        streamId: 'stream-2',
        channelId,
      }));
      const driver = scoreDriver();
      for (const [i, event] of events.entries()) {
        const beside = other[i];
        if (beside !== undefined) give(driver, beside);
        give(driver, event);
        if (i % 50 === 0) driver.restart();
      }
      const own = driver.outputs.filter(({ record }) => 'streamId' in record && record.streamId === 'stream-1');
      // Their places in the log are the only difference.
      const placeless = (outputs: readonly Output[]): string =>
        withoutFates(outputs).replace(/"firstOffset":\d+/g, '"firstOffset":0');
      expect(placeless(own)).toBe(placeless(expected));
    },
  );
});
