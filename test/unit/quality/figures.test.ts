import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineRanking } from '../../../src/domain/quality/baselines.ts';
import { intervals } from '../../../src/domain/quality/bootstrap.ts';
import { onlineFigures, percentile, rankingFigures } from '../../../src/domain/quality/figures.ts';
import { parseLabels } from '../../../src/domain/quality/labels.ts';
import { onlineBaseline } from '../../../src/domain/quality/onlinebaseline.ts';
import { chance, type JudgedVideo, separated } from '../../../src/domain/quality/predictions.ts';
import { reliability } from '../../../src/domain/quality/reliability.ts';

const rule = { beforeSec: 10, afterSec: 0 };
const video: JudgedVideo = {
  rule,
  lengthSec: 3600,
  labels: [
    { startSec: 100, endSec: 120 },
    { startSec: 500, endSec: 510 },
    { startSec: 505, endSec: 530 },
  ],
  predictions: [
    { startSec: 95, score: 3, emittedAtSec: 130 },
    { startSec: 121, score: 5, emittedAtSec: 150 },
    { startSec: 508, score: 4, emittedAtSec: 512 },
    { startSec: 2000, score: 1, emittedAtSec: 2030 },
  ],
};

describe('figures of a ranking', () => {
  it('take the best that are far enough apart, and miss with what a short ranking lacks', () => {
    // The best (121) hits nothing and takes 95 out; 508 hits two labels at once.
    expect(rankingFigures([video])).toEqual({
      'P@1': 0,
      'P@3': 1 / 3,
      'P@5': 1 / 5,
      'P@10': 1 / 10,
      'R@10': 2 / 3,
      'R@20': 2 / 3,
    });
  });

  it('of what lies exactly at the labels are perfect as far as the labels go', () => {
    const starts = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(starts, (places) => {
        const labels = places.map((place) => ({ startSec: place * 200, endSec: place * 200 + 20 }));
        const predictions = labels.map(({ startSec }, i) => ({ startSec, score: i }));
        const figures = rankingFigures([{ rule, labels, lengthSec: 20_000, predictions }]);
        expect(figures['P@5']).toBe(1);
        expect(figures['R@20']).toBe(1);
      }),
    );
  });
});

describe('figures of what was told on air', () => {
  it('count everything, and the delay from the end of the label that was hit', () => {
    expect(onlineFigures([video])).toEqual({
      onlinePrecision: 2 / 4,
      onlineRecall: 3 / 3,
      perHour: 4,
      // 130 - 120 and, of two labels at once, the nearer end: 512 - 510.
      delayMedianSec: 6,
      delayP95Sec: 9.6,
    });
  });

  it('are zero, without a delay, where nothing was told', () => {
    const silent = { ...video, predictions: [] };
    expect(onlineFigures([silent])).toMatchObject({ onlinePrecision: 0, onlineRecall: 0, delayMedianSec: null });
  });
});

it('a ranking moved in time with its labels stays as good', () => {
  const shift = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(shift, (by) => {
      const labels = video.labels.map(({ startSec, endSec }) => ({ startSec: startSec + by, endSec: endSec + by }));
      const predictions = video.predictions.map((one) => ({ ...one, startSec: one.startSec + by }));
      expect(rankingFigures([{ ...video, labels, predictions }])).toEqual(rankingFigures([video]));
    }),
  );
});

it('a ranking is at least 120 s apart, best first, and nothing that fits is left out', () => {
  const predictions = fc.array(fc.record({ startSec: fc.integer({ min: 0, max: 4000 }), score: fc.nat(50) }));
  fc.assert(
    fc.property(predictions, (given) => {
      const chosen = separated(given, 1000);
      for (const [i, one] of chosen.entries()) {
        for (const other of chosen.slice(i + 1)) {
          expect(Math.abs(one.startSec - other.startSec)).toBeGreaterThanOrEqual(120);
          expect(one.score).toBeGreaterThanOrEqual(other.score);
        }
      }
      for (const left of given.filter((one) => !chosen.includes(one))) {
        const near = chosen.filter((one) => Math.abs(one.startSec - left.startSec) < 120);
        expect(near.some((one) => one.score >= left.score)).toBe(true);
      }
    }),
  );
});

it('a percentile lies between its neighbours', () => {
  expect([percentile([4, 1, 3, 2], 50), percentile([1, 2], 95), percentile([7], 10), percentile([], 50)]).toEqual([
    2.5,
    1.95,
    7,
    null,
  ]);
});

it('chance is the share of seconds that would hit', () => {
  expect(chance({ ...video, lengthSec: 999, labels: [{ startSec: 20, endSec: 30 }] })).toBe(21 / 1000);
});

it('labels are those of kind highlight; a line that is none is named', () => {
  expect(parseLabels('1\t2\thighlight\n3\t4\trejected\n9\t5\thighlight\n', 'a.tsv')).toEqual([
    { startSec: 1, endSec: 2 },
    { startSec: 9, endSec: 5 },
  ]);
  expect(() => parseLabels('1\t2\thighlight\none\t2\thighlight\n', 'a.tsv')).toThrowError(
    expect.objectContaining({ code: 'damaged', where: 'a.tsv: line 2' }),
  );
});

it('intervals hold the figure, are repeatable, and are a point where all videos are alike', () => {
  const mean = (values: readonly number[]) => ({ mean: values.reduce((a, b) => a + b, 0) / values.length });
  const values = Array.from({ length: 40 }, (_, i) => i);
  const [low, high] = intervals(values, ['mean'], mean).mean ?? [0, 0];
  expect(low).toBeGreaterThan(14);
  expect(low).toBeLessThan(18);
  expect(high).toBeGreaterThan(21);
  expect(high).toBeLessThan(25);
  expect(intervals(values, ['mean'], mean)).toEqual(intervals(values, ['mean'], mean));
  expect(intervals([3, 3, 3], ['mean'], mean).mean).toEqual([3, 3]);
  expect(intervals([3], ['mean'], mean).mean).toBeNull();
});

it('reliability compares what was said with what came', () => {
  const forecasts = [0.21, 0.29, 0.25, 0.95, 1].map((probability, i) => ({ probability, hit: i === 0 || i === 4 }));
  const { bins, brier } = reliability(forecasts);
  expect(bins[2]).toMatchObject({ count: 3, observed: 1 / 3, predicted: expect.closeTo(0.25) });
  // Wilson's intervals of 1 of 3 and 1 of 2.
  expect(bins[2]?.interval).toEqual([expect.closeTo(0.0615, 3), expect.closeTo(0.7923, 3)]);
  expect(bins[9]).toMatchObject({
    count: 2,
    observed: 0.5,
    interval: [expect.closeTo(0.0945, 3), expect.closeTo(0.9055, 3)],
  });
  expect(bins[0]).toMatchObject({ count: 0, observed: null, interval: null });
  expect(brier).toBeCloseTo((0.79 ** 2 + 0.29 ** 2 + 0.25 ** 2 + 0.95 ** 2) / 5);
});

it('the baselines find a burst, and what has no history is no burst of a rate', () => {
  const times = Array.from({ length: 600 }, (_, i) => i);
  const burst = Array.from({ length: 50 }, (_, i) => 450 + i / 10);
  expect(baselineRanking('raw15', [...times, ...burst])[0]?.startSec).toBe(454 - 20);
  expect(baselineRanking('rate10z', [...times, ...burst])[0]?.startSec).toBe(454 - 20);
  const early = Array.from({ length: 50 }, (_, i) => 30 + i / 10);
  expect(baselineRanking('scout', [...times, ...early])[0]?.startSec).not.toBe(34 - 20);
});

it('the baseline on air tells of a burst when it ends, and gives as many an hour as it is compared with', () => {
  const times = Array.from({ length: 3600 }, (_, i) => i);
  const bursts = [700, 1400, 2100, 2800].flatMap((at) => Array.from({ length: 50 }, (_, i) => at + i / 10));
  const labels = [700, 1400].map((at) => ({ startSec: at - 20, endSec: at }));
  const timed = { rule, labels, lengthSec: 3600, timesSec: [...times, ...bursts].sort((a, b) => a - b) };
  const four = onlineBaseline([timed], 4);
  expect(four).toMatchObject({ perHour: 4, onlinePrecision: 1 / 2, onlineRecall: 1 });
  // 5 s of messages, and the window of 5 s that slides out of them; the second after it is when it is told.
  expect(four.delayMedianSec).toBeGreaterThan(5);
  expect(four.delayMedianSec).toBeLessThanOrEqual(10);
  expect(onlineBaseline([timed], 0).perHour).toBe(0);
});
