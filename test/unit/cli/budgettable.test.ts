import { expect, test } from 'vitest';
import { budgetTable, limitsText } from '../../../src/cli/operator/budgetreport.ts';
import { noLimits } from '../../../src/domain/budgets.ts';
import { daysScope, keepingScope, spendingScope } from '../../../src/domain/scopes.ts';
import type { BudgetRow } from '../../../src/runtime/operator/budgets.ts';

const row = (scope: string, fields: Partial<BudgetRow>): BudgetRow => ({
  ...{ kind: 'budget', scope, channelId: 'eva', unit: 'bytes' },
  ...{ cap: 0, used: 0, reserved: 0, waiting: 0, setBy: '', isDefault: false, ...fields },
});
const llm = (what: 'llmTokens' | 'llmCost'): string => spendingScope('eva', what, 0);

test('amounts have their units, money to the last millionth that is spent', () => {
  const text = budgetTable([
    row(llm('llmTokens'), { unit: 'tokens', cap: 1e9, used: 12_345 }),
    row(llm('llmCost'), { unit: 'dollars', cap: 1_250, used: 0.000_012, reserved: 0.5 }),
    row(spendingScope('eva', 'renderSeconds', 0), { unit: 'seconds', cap: 900 }),
  ]);
  expect(text).toMatch(/eva +llmTokens:1970-01-01 +1000000000 +12345 +0 /);
  expect(text).toMatch(/eva +llmCost:1970-01-01 +\$1250\.00 +\$0\.000012 +\$0\.50 /);
  expect(text).toMatch(/eva +renderSeconds:1970-01-01 +900 s +0 s +0 s /);
});

test('a cap is left out only where there is none, and days have nothing that is used', () => {
  const text = budgetTable([
    row(keepingScope('eva', 'clipBytes'), { cap: 1e9 }),
    row(keepingScope('eva', 'clipCount'), { unit: 'clips', cap: null }),
    row(daysScope('eva'), { unit: 'days', cap: 30, used: null, reserved: null }),
    row('clips', { channelId: '', cap: null }),
  ]);
  expect(text).toMatch(/eva +clipBytes +1\.0 GB /);
  expect(text).toMatch(/eva +clipCount +- /);
  expect(text).toMatch(/eva +clipDays +30 days +- +- /);
  expect(text).toMatch(/ clips +- /);
});

test('an answer has the units of the table', () => {
  const limits = { ...noLimits, kind: 'limits', channelId: 'eva', clipsShareBytes: null, isKnown: true } as const;
  const spending = { fetchedBytesPerHour: 3e9, renderSecondsPerDay: 900, llmTokensPerDay: 5_000, llmCostPerDay: 2.5 };
  expect(limitsText({ ...limits, clipCount: 3, clipDays: 30, ...spending })).toBe(
    'eva: clipCount=3, clipDays=30 days, fetchedBytesPerHour=3.0 GB, renderSecondsPerDay=900 s, ' +
      'llmTokensPerDay=5000, llmCostPerDay=$2.50\n',
  );
});

test('an answer says what a budget does not get, and that an id may be mistyped', () => {
  const limits = { ...noLimits, kind: 'limits', channelId: 'eva', clipsShareBytes: null, isKnown: true } as const;
  expect(limitsText({ ...limits, clipBytes: 2e9 })).toBe('eva: clipBytes=2.0 GB\n');
  expect(limitsText({ ...limits, clipBytes: 20e9, clipsShareBytes: 3.8e9, isKnown: false })).toBe(
    'eva: clipBytes=20.0 GB\n' +
      'clipBytes is 20.0 GB, but all clips of this node share 3.8 GB\nno broadcast of this channel is known yet\n',
  );
});
