import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { defaultModel } from '../../src/domain/scoring/model.ts';
import { groupsOf } from '../../src/domain/scoring/vocabulary.ts';
import { chances, ended, liveEvent, said, started } from '../support/chatstream.ts';
import { highlightsIn, outputsOf, rankingIn } from '../support/scorestage.ts';

/** Words of a language that nobody speaks. */
const talk = ['tavo', 'mirel', 'oskun', 'padre', 'velim', 'norat', 'kesho', 'ulmet', 'birun', 'sadok'];
const cheers = ['vash', 'vaash', 'vaaash', 'zok', 'zokk'];
const moments = Array.from({ length: 11 }, (_, i) => 600 * (i + 1));
const lengthSec = 7_000;

function chat(): readonly LiveEvent[] {
  const chance = chances(7);
  const one = (words: readonly string[]): string => words[Math.floor(chance() * words.length)] ?? '';
  const drafts = Array.from({ length: lengthSec / 2 }, () => ({
    second: chance() * lengthSec,
    text: Array.from({ length: 3 + Math.floor(chance() * 6) }, () => one(talk)).join(' '),
  }));
  for (const moment of moments) {
    for (let i = 0; i < 18; i += 1) drafts.push({ second: moment + chance() * 12, text: one(cheers) });
  }
  drafts.sort((a, b) => a.second - b.second);
  return drafts.map(({ second, text }, i) => liveEvent(`e${i}`, second, said(`u${Math.floor(chance() * 200)}`, text)));
}

describe('a chat in a language without a list', () => {
  const outputs = outputsOf([liveEvent('start', 0, started), ...chat(), liveEvent('end', lengthSec, ended(1, 2))]);
  const zeroMs = rankingIn(outputs).zeroAtMs;
  const momentOf = (peakMs: number): number | undefined =>
    moments.find((moment) => Math.abs((peakMs - zeroMs) / 1_000 - moment - 8) < 20);

  test('its words are in no list', () => {
    expect([...talk, ...cheers].filter((word) => groupsOf(word) !== 0)).toEqual([]);
  });

  test('has its moments ranked above all else', () => {
    const best = rankingIn(outputs).candidates.slice(0, 10);
    expect(best.map(({ peakMs }) => momentOf(peakMs))).not.toContain(undefined);
  });

  test('is told of on air, and says how much of that is the want of a list', () => {
    const found = highlightsIn(outputs);
    const right = new Set(found.flatMap(({ peakMs }) => momentOf(peakMs) ?? []));
    expect(right.size).toBeGreaterThanOrEqual(moments.length / 2);
    expect(right.size).toBeGreaterThan(found.length / 2);
    const most = defaultModel.features.find(({ name }) => name === 'unread')?.weight ?? 0;
    expect(found.at(-1)?.contributions.unread).toBeGreaterThan(most / 2);
  });
});
