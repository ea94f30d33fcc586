import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Baseline } from '../../../src/domain/scoring/baseline.ts';
import { ChatCurves } from '../../../src/domain/scoring/curves.ts';
import { vectorLength } from '../../../src/domain/scoring/features.ts';
import { RateRank } from '../../../src/domain/scoring/rank.ts';
import { type Count, countIndex, counts, Seconds } from '../../../src/domain/scoring/seconds.ts';
import { killedAt, kills, noKills, reread } from '../../support/restarts.ts';

/** What is counted in each second; most seconds are absent. */
const sparse = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 40 })), {
  maxLength: 150,
  size: 'max',
});
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('the counts of the last seconds', () => {
  it('are what was counted, absent seconds zero, in however many parts and with kills in between', () => {
    const parts = fc.array(fc.array(fc.nat({ max: 9 }), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 70,
      size: 'max',
    });
    fc.assert(
      fc.property(parts, fc.constantFrom(...counts), kills, (list, name, killed) => {
        let seconds = new Seconds();
        for (const [second, values] of list.entries()) {
          if (second > 0) seconds.next();
          for (const value of values) seconds.add(countIndex(name), value);
          if (killedAt(killed, second)) seconds = reread(seconds, Seconds.read);
          for (let ago = 0; ago < 32; ago += 1) {
            expect(seconds.get(countIndex(name), ago)).toBe(sumOf(list[second - ago] ?? []));
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a window beside its baseline', () => {
  const closed = (list: readonly number[], window: number, tau: number): Baseline => {
    const seconds = new Seconds();
    const baseline = new Baseline(0, window, tau);
    for (const [second, value] of list.entries()) {
      if (second > 0) seconds.next();
      seconds.add(0, value);
      baseline.close(seconds);
    }
    return baseline;
  };
  const window = fc.integer({ min: 1, max: 31 });

  it('holds the sum of its seconds, and of those before it the plain and the decayed sum', () => {
    fc.assert(
      fc.property(sparse, window, fc.integer({ min: 5, max: 600 }), (list, width, tau) => {
        const baseline = closed(list, width, tau);
        const before = list.slice(0, Math.max(0, list.length - width));
        expect(baseline.sum).toBe(sumOf(list.slice(-width)));
        expect([baseline.total, baseline.age]).toEqual([sumOf(before), before.length]);
        const decayed = before.map((value, i) => value * Math.exp(-(before.length - 1 - i) / tau));
        expect(baseline.decayed).toBeCloseTo(sumOf(decayed), 6);
      }),
    );
  });

  it('is the more surprising the more there is in it, and the less the more there was before', () => {
    fc.assert(
      fc.property(sparse, window, fc.integer({ min: 1, max: 20 }), fc.nat(), (list, width, more, place) => {
        fc.pre(list.length > width);
        const raised = (at: number): number => {
          const changed = list.map((value, i) => (i === at ? value + more : value));
          return closed(changed, width, 300).surprise();
        };
        const usual = closed(list, width, 300).surprise();
        expect(raised(list.length - 1 - (place % width))).toBeGreaterThan(usual);
        const expected = raised(place % (list.length - width));
        if (closed(list, width, 300).sum > 0) expect(expected).toBeLessThan(usual);
      }),
    );
  });
});

describe('the rank of a second', () => {
  const history = fc.array(fc.nat({ max: 60 }), { maxLength: 160, size: 'max' });
  const ranked = (list: readonly number[], killed: readonly boolean[], last: number): number => {
    let rank = new RateRank();
    for (const [second, messages] of list.entries()) {
      rank.next(messages, true);
      if (killedAt(killed, second)) rank = reread(rank, RateRank.read);
    }
    return rank.next(last, false);
  };

  it('is its place among the seconds that are over for a minute', () => {
    fc.assert(
      fc.property(history, kills, fc.nat({ max: 60 }), (list, killed, last) => {
        const bin = (messages: number): number => Math.floor(40 * Math.log1p(messages));
        const past = list.slice(0, Math.max(0, list.length - 60)).map(bin);
        const below = past.filter((other) => other < bin(last)).length;
        const equal = past.filter((other) => other === bin(last)).length;
        const quantile = (below + equal / 2 + 15) / (past.length + 30);
        expect(ranked(list, killed, last)).toBeCloseTo(-Math.log(1.003 - quantile), 12);
      }),
    );
  });

  it('never falls with more messages, and does not ask in which order the others came', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (list, some, more) => {
        expect(ranked(list, noKills, some + more)).toBeGreaterThanOrEqual(ranked(list, noKills, some));
        const past = list.slice(0, Math.max(0, list.length - 60));
        const turned = [...past.reverse(), ...list.slice(past.length)];
        expect(ranked(turned, noKills, some)).toBe(ranked(list, noKills, some));
      }),
    );
  });
});

describe('the features of chat', () => {
  const second = fc.array(fc.tuple(fc.constantFrom(...counts), fc.nat({ max: 30 })), { maxLength: 5 });

  /** The vector of each second; counts of a second that is given as absent are never touched. */
  function vectors(list: readonly (readonly (readonly [Count, number])[])[], killed: readonly boolean[]): number[][] {
    let curves = new ChatCurves();
    let seconds = new Seconds();
    return list.map((given, i) => {
      if (i > 0) seconds.next();
      for (const [name, value] of given) seconds.add(countIndex(name), value);
      if (killedAt(killed, i)) {
        curves = reread(curves, ChatCurves.read);
        seconds = reread(seconds, Seconds.read);
      }
      const vector = new Float32Array(vectorLength);
      curves.close(seconds, vector, false);
      return [...vector];
    });
  }

  it('are numbers, whatever is counted, and the same with kills between any two seconds', () => {
    fc.assert(
      fc.property(fc.array(second, { maxLength: 90, size: 'max' }), kills, (list, killed) => {
        const all = vectors(list, noKills);
        expect(all.flat().every(Number.isFinite)).toBe(true);
        expect(vectors(list, killed)).toEqual(all);
      }),
    );
  });

  it('take a second in one part or in many, and absent ones as zero', () => {
    fc.assert(
      fc.property(fc.array(second, { maxLength: 60, size: 'max' }), (list) => {
        const ones = list.map((given) =>
          given.flatMap(([name, value]) => Array.from({ length: value }, (): [Count, number] => [name, 1])),
        );
        const zeros = list.map((given) => [...given, ...counts.map((name): [Count, number] => [name, 0])]);
        expect(vectors(ones, noKills)).toEqual(vectors(list, noKills));
        expect(vectors(zeros, noKills)).toEqual(vectors(list, noKills));
      }),
      { numRuns: 50 },
    );
  });
});
