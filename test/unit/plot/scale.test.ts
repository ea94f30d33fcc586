import { describe, expect, it } from 'vitest';
import { marksHeight, placed } from '../../../src/cli/plot/marks.ts';
import { roundTicks, scaleOf, timeText, timeTicks } from '../../../src/cli/plot/scale.ts';
import { columnsOf } from '../../../src/cli/plot/series.ts';

describe('scales', () => {
  it('map a range of values to a range of pixels, either way round', () => {
    const down = scaleOf([-1, 3], [400, 0], 1);
    expect([-1, 0, 3].map((value) => down.at(value))).toEqual([400, 300, 0]);
    const point = scaleOf([5, 5], [0, 100], 1);
    expect([point.from, point.at(5), point.to]).toEqual([4, 50, 6]);
  });

  it('have round ticks', () => {
    expect(roundTicks(-2.3, 1.4, 5)).toEqual({ values: [-2, -1, 0, 1], decimals: 0 });
    expect(roundTicks(0, 0.5, 5)).toEqual({ values: [0, 0.1, 0.2, expect.closeTo(0.3), 0.4, 0.5], decimals: 1 });
    expect(timeTicks(0, 3_379, 12)).toEqual(Array.from({ length: 12 }, (_, index) => index * 300));
    expect(timeTicks(-90, 90, 4)).toEqual([-60, 0, 60]);
    for (const hours of [0.01, 1, 7, 30, 500]) expect(timeTicks(13, hours * 3_600, 12).length).toBeLessThanOrEqual(13);
  });

  it('name times with hours, and those before the zero with a sign', () => {
    expect([0, 61, 3_599.9, 36_000, -0.5, -61].map(timeText)).toEqual([
      ...['0:00:00', '0:01:01', '0:59:59', '10:00:00', '0:00:00', '-0:01:01'],
    ]);
  });
});

describe('columns of pixels', () => {
  const second = (sec: number, score: number) => ({ sec, score, threshold: score / 2, messages: 2 * sec });

  it('are the seconds themselves where there is room', () => {
    const columns = columnsOf([second(3, 1), second(4, -1), second(6, 5)], 100);
    expect(columns.map((column) => column?.sec ?? null)).toEqual([3, 4, null, 6]);
    expect(columns[0]).toEqual({ sec: 3, lowest: 1, highest: 1, threshold: 0.5, rate: 6 });
  });

  it('else hold the lowest, the highest and the mean rate of theirs', () => {
    const seconds = Array.from({ length: 10 }, (_, sec) => second(sec, sec % 2 === 0 ? -sec : sec));
    const [first, last, ...others] = columnsOf(seconds, 2);
    expect(others).toEqual([]);
    expect(first).toEqual({ sec: 2, lowest: -4, highest: 3, threshold: 1.5, rate: 4 });
    expect(last).toMatchObject({ lowest: -8, highest: 9, rate: 14 });
    expect(columnsOf([], 10)).toEqual([]);
  });
});

describe('names of marks', () => {
  it('never overlap nor leave the panel; the better ranks get theirs first', () => {
    const x = scaleOf([0, 1_000], [50, 350], 1);
    const highlights = Array.from({ length: 12 }, (_, index) => ({ sec: index * 90, score: 1, rank: 12 - index }));
    const marks = placed(highlights, x, [50, 350]);
    const named = marks.filter(({ lane }) => lane !== null);
    expect(named.length).toBeGreaterThan(5);
    expect(named.length).toBeLessThan(12);
    expect(named[0]?.highlight.rank).toBe(1);
    for (const [index, one] of named.entries()) {
      expect(one.middle).toBeGreaterThan(50 + 25);
      expect(one.middle).toBeLessThan(350 - 25);
      const beside = named.filter((other, at) => at !== index && other.lane === one.lane);
      for (const other of beside) expect(Math.abs(other.middle - one.middle)).toBeGreaterThan(50);
    }
    expect(marksHeight).toBeGreaterThan(0);
  });
});
