import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { budgetParts } from '../../../src/cli/node/budget.ts';
import { noLimits } from '../../../src/domain/budgets.ts';
import { newestSettings } from '../../../src/runtime/appliedsettings.ts';
import { spend } from '../../../src/runtime/budget.ts';
import { llmBudget } from '../../../src/runtime/budgetllm.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import { defaultPartitions } from '../../../topology/topics.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { withLog } from '../../support/scoredlog.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-budget-'));
const data = join(work, 'data');
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const budget = (...args: readonly string[]) => cliptide(['budget', ...args, '--data', data], { cwd: work });
const kept = { clipBytes: undefined, clipCount: undefined, clipDays: undefined };
const daily = { renderSecondsPerDay: 100, llmTokensPerDay: 100_000, llmCostPerDay: 5 };
const limits = { ...kept, fetchedBytesPerHour: 7e9, ...daily };

test('`budget` lists and sets, over a folder that is free and over one that `run` owns', async () => {
  const policy = { hold: 'ranking', top: 3, presets: ['copy'], category: 'games', scorerVersion: '' };
  const scoring = { effectiveAtMs: 77, highlightsPerHour: 12, latenessMs: 1_000 };
  const settings = { channelId: 'eva', ...noLimits, ...policy, ...scoring };
  await withLog(data, defaultPartitions, async (deps) => {
    await deps.log.append([toAppend(deps.codec, { topic: 'channel.settings', key: 'eva', record: settings })]);
    const ledger = await openLedger({ path: join(data, 'ledger.db'), clock: systemClock });
    const parts = budgetParts({ budget: limits }, ledger, deps);
    const one = { channelId: 'bob/ö', streamId: 's', taskId: 't' };
    await (await spend(parts, { ...one, amounts: { renderSeconds: 30 } })).settle({ renderSeconds: 20 });
    await (await llmBudget(parts).begin({ ...one, tokens: 9_000, dollars: 0.02, maxWaitMs: 0 })).settle({
      ...{ tokens: 7_500, dollars: 0.0125 },
    });
    await ledger.close();
  });
  const set = await budget('set', 'eva', 'renderSecondsPerDay=900', 'fetchedBytesPerHour=3GB', '--json');
  expect(set).toMatchObject({ code: 0, err: '' });
  const row = { ...noLimits, kind: 'limits', channelId: 'eva', renderSecondsPerDay: 900, fetchedBytesPerHour: 3e9 };
  expect(rowsOf(set.out)).toEqual([{ ...row, clipsShareBytes: null, isKnown: true }]);
  // What scoring and the conductor go by is as it was.
  await withLog(data, defaultPartitions, async (deps) => {
    const { kind: _, ...own } = row;
    expect(await newestSettings(deps, 'eva')).toEqual({ ...settings, ...own });
  });

  const run = new CliProcess(['run', '--data', data], { cwd: work });
  await run.prints(/running;/);
  expect((await budget('set', 'eva', 'fetchedBytesPerHour=default', 'clipDays=30', 'llmCostPerDay=2.50')).out).toBe(
    'eva: clipDays=30 days, renderSecondsPerDay=900 s, llmCostPerDay=$2.50\n',
  );
  const rows = rowsOf((await budget('list', '--json')).out);
  const of = (channelId: string, what: string) =>
    rows.find(({ scope, ...rest }) => rest.channelId === channelId && String(scope).includes(what));
  expect(of('bob/ö', 'renderSeconds')).toMatchObject({
    used: 20,
    cap: 345_600,
    setBy: 'budget.renderSecondsPerDay',
    isDefault: true,
  });
  expect(of('eva', 'renderSeconds')).toMatchObject({ used: 0, cap: 900, setBy: 'budget set: renderSecondsPerDay' });
  expect(of('bob/ö', 'llmTokens')).toMatchObject({ unit: 'tokens', used: 7_500, cap: 1e6 });
  expect(of('bob/ö', 'llmCost')).toMatchObject({ unit: 'dollars', used: 0.0125, cap: 1, reserved: 0 });
  expect(of('eva', 'llmCost')).toMatchObject({
    used: 0,
    cap: 2.5,
    setBy: 'budget set: llmCostPerDay',
    isDefault: false,
  });
  expect(of('', ':cache')).toMatchObject({ cap: 5e9, setBy: 'cacheCapBytes', isDefault: true, waiting: 0 });
  const text = (await budget('list')).out;
  expect(text).toMatch(
    /bob\/ö +renderSeconds:\d{4}-\d\d-\d\d +345600 s +20 s +0 s +0 +default of budget\.renderSecondsPerDay/,
  );
  expect(text).toMatch(/bob\/ö +llmCost:\S+ +\$1\.00 +\$0\.0125 +\$0\.00 +0 +default of budget\.llmCostPerDay/);
  expect(text).toMatch(/eva +llmCost:\S+ +\$2\.50 +\$0\.00/);
  expect(text).toMatch(/eva +clipDays +30 days +- +- +0 +budget set: clipDays/);
  expect(text).toMatch(/node:\S+:cache +5\.0 GB/);
  expect(await run.kill('SIGTERM')).toBe(0);

  for (const [wrong, hint] of [
    ['clips=3', /they are clipBytes, clipCount/],
    ['cacheCapBytes=3GB', /cacheCapBytes is a key of the configuration/],
    ['clipCount=many', /amounts are whole numbers/],
    ['clipCount', /amounts are whole numbers/],
    ['clipCount=0x10', /amounts are whole numbers/],
    ['clipBytes=1.5', /amounts are whole numbers/],
    ['llmTokensPerDay=1.5', /amounts are whole numbers/],
    ['llmCostPerDay=-1', /of money US dollars such as 2\.50/],
    ['llmCostPerDay=0.0000001', /of money US dollars such as 2\.50/],
  ] as const) {
    expect(await budget('set', 'eva', wrong)).toMatchObject({ code: 2, err: expect.stringMatching(hint) });
  }
  expect(await budget('set', '', 'clipCount=3')).toMatchObject({ code: 2, err: expect.stringContaining('no id') });
});
