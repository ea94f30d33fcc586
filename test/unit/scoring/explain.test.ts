import { describe, expect, it } from 'vitest';
import {
  featureContributions,
  keptContributions,
  sentenceOf,
} from '../../../src/domain/scoring/explain/contribution.ts';
import { decisiveFeatures } from '../../../src/domain/scoring/explain/counterfactuals.ts';
import { explain, type TracedSecond } from '../../../src/domain/scoring/explain/explanation.ts';
import { nearestMaximum } from '../../../src/domain/scoring/explain/localmaximum.ts';
import { outcomeAt } from '../../../src/domain/scoring/explain/outcome.ts';
import { reasons } from '../../../src/domain/scoring/explain/sentences.ts';
import { highlightSeconds, triedWishes, wishesFor, wishWords } from '../../../src/domain/scoring/explain/wishes.ts';
import { featureDescriptions } from '../../../src/domain/scoring/featuredescriptions.ts';
import { featureNames, rankingNames } from '../../../src/domain/scoring/features.ts';
import { contributionsOf, defaultModel, scoreOf, weightsOf } from '../../../src/domain/scoring/model.ts';
import { Scorer } from '../../../src/domain/scoring/scorer.ts';
import { chatRows } from '../../support/chatrows.ts';

const weights = weightsOf(defaultModel);
const length = 1_500;
const rows = chatRows(length);

/** The made chat second by second, as the production scorer closes it. */
function scored(perHour: number): readonly TracedSecond[] {
  const scorer = new Scorer(weights, 0);
  let next = 0;
  return Array.from({ length }, (_, second) => {
    for (let row = rows[next]; row !== undefined && row.ms < (second + 1) * 1_000; row = rows[next]) {
      const user = Number(row.user.slice(4));
      scorer.add({ atMs: row.ms, id: next, kind: 'chat', user, text: row.text, flag: false, amount: 0 });
      next += 1;
    }
    return { ...scorer.close(perHour), vector: scorer.vector.slice() };
  });
}
const seconds = scored(7.5);
const begun = seconds.flatMap(({ second, hindrance }) => (hindrance === null ? [second] : []));

describe('descriptions of features', () => {
  it('there is one for every feature, each of its own', () => {
    const names = [...featureNames, ...rankingNames];
    expect(Object.keys(featureDescriptions).sort()).toEqual([...names].sort());
    const said = Object.values(featureDescriptions).map(({ measures }) => measures);
    expect(new Set(said).size).toBe(names.length);
    for (const { subject, reference, measures } of Object.values(featureDescriptions)) {
      for (const text of [subject, reference, measures]) expect(text).toMatch(/^\S.*[^\s.]$/);
    }
  });
});

describe('contributions', () => {
  it('sum to the score with the baseline, the greatest first, in every second', () => {
    for (const { vector, score } of seconds) {
      const features = featureContributions(weights, vector);
      const sum = features.reduce((total, { contribution }) => total + contribution, defaultModel.intercept);
      expect(sum).toBeCloseTo(score, 9);
      const sizes = features.map(({ contribution }) => Math.abs(contribution));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
  });

  it('of a record give the same values again, but for those that the model did not let count', () => {
    let compared = 0;
    for (const { vector } of seconds.filter(({ second }) => second % 50 === 5)) {
      const full = featureContributions(weights, vector);
      const kept = keptContributions(contributionsOf(weights, vector, false), weights);
      for (const feature of full) {
        const same = kept.find(({ name }) => name === feature.name);
        expect(same?.contribution).toBe(feature.contribution);
        if (same?.deviation !== null) expect(same?.sentence).toBe(feature.sentence);
        if (feature.clipped) expect(same).toMatchObject({ value: null, clipped: true });
        else if (same?.value !== null) {
          expect(same?.value).toBeCloseTo(feature.value ?? Number.NaN, 6);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('of a record whose model is not known have no values', () => {
    const [feature, ...others] = keptContributions({ intercept: -2, unheard_of: 0.5 }, null);
    expect(others).toEqual([]);
    expect(feature).toMatchObject({ name: 'unheard_of', value: null, usual: null, contribution: 0.5 });
  });

  it('are told in words by how far they lie from the usual', () => {
    const [name = ''] = featureNames;
    const { subject, reference } = featureDescriptions[featureNames[0]];
    const said = [4, 2, 1, 0.1, -0.2, -0.7, -2, -3.5].map((deviation) => sentenceOf(name, deviation));
    const degrees = ['far above', 'well above', 'above', '', '', 'below', 'well below', 'far below'];
    const expected = degrees.map(
      (degree) => `${subject} ${degree === '' ? 'about as usual' : `${degree} ${reference}`}`,
    );
    expect(said).toEqual(expected);
    const feature = { measures: '', value: 0, usual: 0, clipped: false };
    const of = (contribution: number, weight = 1) => {
      const deviation = contribution / weight;
      return { ...feature, name: 'x', deviation, contribution, sentence: `says ${contribution}` };
    };
    expect(reasons([of(0.7), of(-0.4, 0.5), of(0.3, -0.5), of(0.05), of(-0.2, -0.3), of(0.35)])).toEqual([
      '+0.70 says 0.7',
      '+0.30 says 0.3, which speaks for a moment',
      '-0.40 says -0.4',
      '-0.20 says -0.2, which speaks against a moment',
    ]);
  });
});

describe('what one feature decides', () => {
  it('is what the model says with that feature at its mean, on either side of the threshold', () => {
    for (const [index, threshold] of [-2.5, -1, 0, 1].entries()) {
      const { vector } = seconds[begun[0] ?? 0] ?? { vector: new Float32Array(0) };
      const features = featureContributions(weights, vector);
      const score = scoreOf(weights, vector);
      const expected = defaultModel.features.flatMap(({ name, mean }, place) => {
        const changed = vector.slice();
        changed[weights.features[place]?.at ?? 0] = mean;
        const without = scoreOf(weights, changed);
        return without >= threshold !== score >= threshold ? [name] : [];
      });
      const decisive = decisiveFeatures(score, threshold, features).map(({ name }) => name);
      expect(decisive.sort(), String(index)).toEqual(expected.sort());
    }
  });
});

describe('the nearest local maximum', () => {
  const curve = (...scores: number[]) => scores.map((score, second) => ({ second, score }));

  it('is the nearest that tops five seconds before and is not topped in the five after', () => {
    const hills = curve(0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0, 0, 1, 2, 7, 2, 1, 0, 0, 0);
    expect([0, 9, 10, 19].map((second) => nearestMaximum(hills, second, 15))).toEqual([5, 5, 14, 14]);
    expect(nearestMaximum(hills, 0, 4)).toBeNull();
    expect(nearestMaximum(curve(0, 0, 0, 1, 1, 0, 0), 6, 15)).toBe(3);
  });

  it('is none on a level, and none without seconds', () => {
    expect(nearestMaximum(curve(1, 1, 1, 1, 1, 1, 1, 1).slice(1), 4, 2)).toBeNull();
    expect(nearestMaximum([], 4, 15)).toBeNull();
  });
});

describe('what became of a second', () => {
  it('names the highlight of the moment, and the one whose cool-down it is', () => {
    const at = (second: number) =>
      ({ second, hindrance: second === 100 ? null : second < 160 ? 'cool-down' : 'threshold' }) as const;
    const some = Array.from({ length: 200 }, (_, second) => at(second));
    const { hindrance, ...rest } = outcomeAt(some, 100);
    expect({ hindrance, ...rest }).toMatchObject({ emitted: true, emittedSecond: 100, hindrance: null });
    expect(outcomeAt(some, 110)).toMatchObject({ emitted: true, emittedSecond: 100, hindrance: 'cool-down' });
    const waited = { emitted: false, emittedSecond: null, hindrance: 'cool-down', previousSecond: 100 };
    expect(outcomeAt(some, 150)).toEqual(waited);
  });
});

describe('other wishes', () => {
  it('find with the wish in force what the scorer found, and with others what it would have', () => {
    expect(begun.length).toBeGreaterThan(3);
    expect(highlightSeconds(defaultModel, seconds, 7.5)).toEqual(begun);
    for (const perHour of [0.5, 3, 30, 120]) {
      const truly = scored(perHour).flatMap(({ second, hindrance }) => (hindrance === null ? [second] : []));
      expect(highlightSeconds(defaultModel, seconds, perHour)).toEqual(truly);
    }
  });

  it('come as ranges that hold every wish that was tried once', () => {
    const { emitted, notEmitted } = wishesFor(defaultModel, seconds, { from: 400, to: 420 });
    const within = ({ from, to }: { from: number | null; to: number | null }, wish: number): boolean =>
      wish >= (from ?? 0) && wish <= (to ?? Number.POSITIVE_INFINITY);
    for (const wish of triedWishes) {
      const truly = highlightSeconds(defaultModel, seconds, wish).some((second) => second >= 400 && second <= 420);
      expect(emitted.filter((range) => within(range, wish)).length, String(wish)).toBe(truly ? 1 : 0);
      expect(notEmitted.filter((range) => within(range, wish)).length, String(wish)).toBe(truly ? 0 : 1);
    }
  });

  it('are told in words', () => {
    const free = { waits: false };
    expect(wishWords([{ from: 9, to: null, ...free }])).toBe('9 an hour or more');
    const some = [
      { from: null, to: 2.5, ...free },
      { from: 4, to: 4, waits: true },
    ];
    expect(wishWords(some)).toBe('2.5 an hour or fewer, or with 4 an hour (then one before it is in its way)');
    expect(wishWords([{ from: 3, to: 4.5, ...free }])).toBe('3 to 4.5 an hour');
  });

  it('say where with more of them a highlight before would be in the way', () => {
    const controller = { step: 0.1, perHour: 7.5, lowest: -1.5, highest: 2.5 };
    const times = { coolDownSec: 60, warmUpSec: 60 };
    const model = { ...defaultModel, threshold: 0.2, rearm: 0.5, controller, ...times };
    const score = (second: number): number => (second === 100 ? 0 : second >= 140 && second < 150 ? 2 : -3);
    const made = Array.from({ length: 200 }, (_, second) => ({ second, score: score(second), interrupted: false }));
    const { emitted, notEmitted } = wishesFor(model, made, { from: 135, to: 155 });
    expect(emitted.map(({ from }) => from)).toEqual([null]);
    expect(notEmitted).toEqual([{ from: expect.any(Number), to: null, waits: true }]);
    expect(highlightSeconds(model, made, notEmitted[0]?.from ?? 0)).toEqual([100]);
    expect(highlightSeconds(model, made, emitted[0]?.to ?? 0)).toEqual([140]);
  });
});

describe('an explanation', () => {
  it('is of the second itself where a highlight begins, else of the nearest maximum, and of none that was not scored', () => {
    const [first = 0] = begun;
    expect(explain(weights, seconds, first)?.explained).toMatchObject({ second: first, chosen: 'highlight' });
    const beside = explain(weights, seconds, first + 10);
    expect(beside?.asked.second).toBe(first + 10);
    const maximum = seconds[nearestMaximum(seconds, first + 10, 15) ?? 0];
    expect(maximum?.second).not.toBe(first + 10);
    expect(beside?.explained).toMatchObject({ second: maximum?.second, score: maximum?.score, chosen: 'maximum' });
    const added = beside?.features.reduce((sum, { contribution }) => sum + contribution, beside.baseline);
    expect(added).toBeCloseTo(maximum?.score ?? Number.NaN, 9);
    expect(beside?.outcome.emittedSecond).toBe(first);
    expect(explain(weights, seconds, length)).toBeNull();
    expect(explain(weights, [], 0)).toBeNull();
  });
});
