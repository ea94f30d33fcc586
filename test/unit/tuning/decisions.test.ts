import { describe, expect, it } from 'vitest';
import { lagOf } from '../../../src/domain/scoring/lag.ts';
import { defaultModel } from '../../../src/domain/scoring/model.ts';
import { channelLags } from '../../../src/domain/tuning/channellags.ts';
import { agreement, type Decision, isKeptOut, valuesFrom } from '../../../src/domain/tuning/decisions.ts';

const nothing: Decision['values'] = new Map();

const decided = (fields: Partial<Decision>): Decision => ({
  channelId: 'slow',
  streamId: 'evening',
  decision: 'trimmed',
  startShiftSec: 8,
  endShiftSec: 3,
  values: nothing,
  ...fields,
});

const times = (count: number, fields: Partial<Decision>): readonly Decision[] =>
  Array.from({ length: count }, () => decided(fields));

const startShift = (decisions: readonly Decision[]): number | undefined =>
  channelLags(decisions, defaultModel.lag)[0]?.startShiftSec;

describe('the lag of a channel', () => {
  it('comes nearer to what people trim to with every trim, and is surer of it', () => {
    const lags = [1, 10, 200].map((count) => channelLags(times(count, {}), defaultModel.lag)[0]);
    const shifts = lags.map((lag) => lag?.startShiftSec ?? 0);
    expect(shifts[0]).toBeLessThan(shifts[1] ?? 0);
    expect(shifts[1]).toBeLessThan(shifts[2] ?? 0);
    expect(shifts[2]).toBe(8);
    const errors = lags.map((lag) => lag?.startErrorSec ?? 0);
    expect([...errors].sort((a, b) => b - a)).toEqual(errors);
    expect(lags[2]).toMatchObject({ channelId: 'slow', endShiftSec: 3, decisions: 200 });
  });

  it('hears an approval less than a trim, and a rejection not at all', () => {
    const trimmed = startShift(times(6, {})) ?? 0;
    const approved = startShift(times(6, { decision: 'approved' })) ?? 0;
    expect(approved).toBeGreaterThan(0);
    expect(approved).toBeLessThan(trimmed);
    expect(channelLags(times(6, { decision: 'rejected' }), defaultModel.lag)).toEqual([]);
    expect(channelLags(times(6, { startShiftSec: null }), defaultModel.lag)).toEqual([]);
  });

  it('is not carried off by a trim to another moment', () => {
    const usual = times(10, { startShiftSec: 0 });
    expect(startShift([...usual, decided({ startShiftSec: 500 })])).toBe(
      startShift([...usual, decided({ startShiftSec: 20 })]),
    );
  });

  it('is kept by channel, and moves starts and ends of its broadcasts only, whatever their category', () => {
    const other = times(200, { channelId: 'quick', startShiftSec: -30, endShiftSec: -30 });
    const prior = { ...defaultModel.lag, channels: channelLags([...times(200, {}), ...other], defaultModel.lag) };
    for (const category of ['', 'Dota 2']) {
      const usual = lagOf(prior, category);
      const slow = lagOf(prior, category, 'slow');
      expect(slow.onlineStartSec - usual.onlineStartSec).toBe(8);
      expect(slow.rankedStartSec - usual.rankedStartSec).toBe(8);
      expect(slow.onlineEndSec - usual.onlineEndSec).toBe(3);
      expect(lagOf(prior, category, 'nobody')).toEqual(usual);
      const quick = lagOf(prior, category, 'quick');
      expect(quick.onlineStartSec - quick.onlineEndSec).toBeGreaterThanOrEqual(4);
      expect(quick.onlineEndSec).toBe(0);
    }
  });
});

describe('what was measured of a decided moment', () => {
  it('is read back from what each feature added, but for those that were not weighed', () => {
    const { features } = defaultModel;
    const values = new Map(features.map(({ name, mean, scale }) => [name, mean + 2 * scale]));
    const contributions = Object.fromEntries(features.map(({ name, weight }) => [name, 2 * weight]));
    const read = valuesFrom(defaultModel, { ...contributions, intercept: -3, around_30: 1 });
    expect([...read.keys()]).toEqual(features.filter(({ weight }) => weight !== 0).map(({ name }) => name));
    for (const [name, value] of read) expect(value, name).toBeCloseTo(values.get(name) ?? 0, 9);
  });

  it('tells how well a model agrees with people: pairs in which the approved moment has the higher score', () => {
    const [loud, quiet] = [new Map([['rate_10', 50]]), new Map([['rate_10', 0]])];
    const right = [decided({ values: loud }), decided({ values: quiet, decision: 'rejected' })];
    const wrong = [decided({ values: quiet }), decided({ values: loud, decision: 'rejected' })];
    const even = [decided({ values: loud }), decided({ values: loud, decision: 'rejected' })];
    const of = (decisions: readonly Decision[]) => agreement([{ model: defaultModel, decisions }]);
    expect([of(right), of(wrong), of(even), of(right.slice(0, 1))]).toEqual([1, 0, 0.5, null]);
  });

  it('a broadcast is kept out in exactly one part', () => {
    for (const streamId of ['a', 'b', 'evening', '']) {
      const parts = [0, 1, 2, 3, 4].filter((part) => isKeptOut(decided({ streamId }), part, 5));
      expect(parts, streamId).toHaveLength(1);
    }
  });
});
