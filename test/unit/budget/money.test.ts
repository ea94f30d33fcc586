import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChannelLimits, capOf, isLimit, microdollars, toldOf } from '../../../src/domain/budgets.ts';

const capOfDollars = (llmCostPerDay: number): number => capOf({ llmCostPerDay } as ChannelLimits, 'llmCost');

test('a budget of money is what was typed, to the millionth, and so it is told', () => {
  const millionths = fc.integer({ min: 0, max: 1e12 });
  fc.assert(
    fc.property(millionths, (amount) => {
      const typed = `${Math.floor(amount / 1e6)}.${String(amount % 1e6).padStart(6, '0')}`;
      expect(isLimit('llmCostPerDay', Number(typed))).toBe(true);
      expect(capOfDollars(Number(typed))).toBe(amount);
      expect(toldOf('llmCost', amount)).toBe(Number(typed));
      expect(microdollars(Number(typed))).toBe(amount);
    }),
  );
});

test('a budget is a whole number from 0, of money dollars with at most six decimals', () => {
  for (const wrong of [-1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(isLimit('llmTokensPerDay', wrong)).toBe(false);
  }
  for (const wrong of [-0.01, 1e-7, 2.5000001, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(isLimit('llmCostPerDay', wrong)).toBe(false);
  }
  for (const right of [0, 2, 2.5, 0.000001]) expect(isLimit('llmCostPerDay', right)).toBe(true);
});

test('what a call costs is rounded up: nothing that costs something is free', () => {
  expect([0, 1e-9, 0.0000011, 0.1 + 0.2, 12].map(microdollars)).toEqual([0, 1, 2, 300_000, 12_000_000]);
});
