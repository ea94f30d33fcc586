import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { type Spending, spendingScope } from '../../src/domain/scopes.ts';
import type { LlmSpend } from '../../src/ports/llmbudget.ts';
import { llmBudget } from '../../src/runtime/budgetllm.ts';
import type { BudgetParts } from '../../src/runtime/budgetrecord.ts';
import { spentOf } from '../../src/runtime/budgetspent.ts';
import { BudgetWorld, channelId, type LedgerPlace, startMs, whole } from '../support/budgetworld.ts';

const scopes = { llmTokens: scopeOf('llmTokens'), llmCost: scopeOf('llmCost') };

function scopeOf(what: Spending): string {
  return spendingScope(channelId, what, startMs);
}

const call = (parts: BudgetParts, tokens: number, dollars: number, maxWaitMs = 0): Promise<LlmSpend> =>
  llmBudget(parts).begin({ channelId, streamId: 'stream', taskId: 'task', tokens, dollars, maxWaitMs });

/** Tokens and millionths of a dollar that are used; nothing is ever left reserved. */
async function used({ ledger }: BudgetParts): Promise<readonly number[]> {
  const usages = await Promise.all(Object.values(scopes).map((scope) => ledger.usage(scope)));
  expect(usages.map(({ reserved }) => reserved)).toEqual([0, 0]);
  return usages.map((usage) => usage.used);
}

/** What LLM calls may take of a channel's day, over any ledger; `place` gives an empty one, for each test. */
export function llmBudgetContract(name: string, place: () => LedgerPlace | undefined): void {
  const open = (limits = whole, waiting = systemClock) => BudgetWorld.open(limits, waiting, place());
  describe(`the budget of LLM calls: ${name}`, () => {
    calling(open);
    refusing(open);
    losing(open);
  });
}

type Open = (limits?: typeof whole, waiting?: typeof systemClock) => Promise<BudgetWorld>;

function calling(open: Open): void {
  it('has tokens and money on the record before the call, and what the answer says after it', async () => {
    await using world = await open();
    const one = await call(world.parts, 3_000, 0.1);
    expect(await used(world.parts)).toEqual([3_000, 100_000]);
    await one.settle({ tokens: 2_100, dollars: 0.0700001 });
    expect(await used(world.parts)).toEqual([2_100, 70_001]);
    const entries = await world.entries();
    expect(new Set(entries.map(({ spendId }) => spendId)).size).toBe(1);
    expect(entries).toMatchObject([
      { kind: 'reserve', scope: scopes.llmTokens, amount: 3_000, taskId: 'task' },
      { kind: 'reserve', scope: scopes.llmCost, amount: 100_000 },
      { kind: 'settle', scope: scopes.llmTokens, amount: 2_100, reason: '' },
      { kind: 'settle', scope: scopes.llmCost, amount: 70_001 },
    ]);
  });

  it.each([
    ['is missing', { dollars: 0.02 }, [3_000, 20_000]],
    ['is no amount', { tokens: Number.NaN, dollars: -0.02 }, [3_000, 100_000]],
    ['is beyond belief', { tokens: 1e300, dollars: 0.02 }, [3_000, 20_000]],
    ['is 0, as where nothing was sent', { tokens: 0, dollars: 0 }, [0, 0]],
  ])('counts as estimated where a figure %s', async (_, figures, counted) => {
    await using world = await open();
    await (await call(world.parts, 3_000, 0.1)).settle(figures);
    expect(await used(world.parts)).toEqual(counted);
    const settled = (await world.entries()).filter(({ kind }) => kind === 'settle');
    expect(settled.map(({ amount }) => amount)).toEqual(counted);
  });

  it('counts at once what a call took beyond its estimate, also where the budget does not hold it', async () => {
    await using world = await open();
    await (await call(world.parts, 9_000, 0.1)).settle({ tokens: 12_000, dollars: 0.6 });
    expect(await used(world.parts)).toEqual([12_000, 600_000]);
    await expect(call(world.parts, 1, 0)).rejects.toMatchObject({ code: 'budget', where: scopes.llmTokens });
  });
}

function refusing(open: Open): void {
  it.each([
    ['tokens', 6_000, 0.01],
    ['money', 1, 0.3],
  ])('lets one of several calls pass whose %s together do not fit, of several processes', async (_, ...takes) => {
    await using world = await open();
    const other = await world.process();
    const calls = Array.from({ length: 6 }, (_none, n) => call(n % 2 === 0 ? world.parts : other, ...takes));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await used(world.parts)).toEqual([takes[0], takes[1] * 1e6]);
    const kinds = (await world.entries()).map(({ kind }) => kind).sort();
    expect(kinds).toEqual([...Array(5).fill('refused'), 'reserve', 'reserve']);
  });

  it.each([
    ['llmTokens', 10_001, 0.01, /Tokens of LLM calls on this day of the channel "channel": 10001 more do not fit/],
    ['llmCost', 1, 0.500001, /Millionths of a dollar .*: 500001 more do not fit: 0 used and 0 reserved of 500000/],
  ] as const)('takes nothing of the other where %s does not fit, and says so', async (what, tokens, dollars, why) => {
    await using world = await open();
    await expect(call(world.parts, tokens, dollars)).rejects.toMatchObject({
      ...{ code: 'budget', where: scopes[what], message: expect.stringMatching(why) },
      hint: expect.stringContaining('2020-10-02T00:00:00.000Z'),
    });
    expect(await used(world.parts)).toEqual([0, 0]);
    const entries = await world.entries();
    expect(entries).toMatchObject([{ kind: 'refused', scope: scopes[what], reason: expect.stringMatching(why) }]);
  });

  it('lets a call wait for what others give back, as long as its highlight can, on the record', async () => {
    await using world = await open();
    const first = await call(world.parts, 6_000, 0.1);
    const second = call(world.parts, 7_000, 0.1, 600_000);
    const waiting = async () => (await world.entries()).filter(({ kind }) => kind === 'waiting');
    while ((await waiting()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await first.settle({ tokens: 3_000, dollars: 0.05 });
    await second;
    expect(await used(world.parts)).toEqual([10_000, 150_000]);
    expect(await waiting()).toMatchObject([{ place: 1, amount: 7_000, scope: scopes.llmTokens }]);
  });

  it('goes by what the channel’s settings say, else by the configured default', async () => {
    await using world = await open();
    await world.set({ llmTokensPerDay: 20_000, llmCostPerDay: 0.000_002 });
    await expect(call(world.parts, 15_000, 0.000_003)).rejects.toMatchObject({ where: scopes.llmCost });
    await call(world.parts, 15_000, 0.000_002);
    await world.set({ llmCostPerDay: 0 });
    await expect(call(world.parts, 1, 0.000_001)).rejects.toMatchObject({ where: scopes.llmCost });
    await world.set({});
    await expect(call(world.parts, 1, 0.1)).rejects.toMatchObject({ where: scopes.llmTokens });
    await world.clock.advance(24 * 3_600_000);
    await call(world.parts, 10_000, 0.5);
  });
}

function losing(open: Open): void {
  it('gives nothing back when the ledger is lost: what nobody settled counts as estimated', async () => {
    await using world = await open();
    await (await call(world.parts, 5_000, 0.2)).settle({ tokens: 2_000, dollars: 0.1 });
    // Dies in mid-call.
    await call(world.parts, 3_000, 0.15);
    const anew = await world.process(whole, true);
    for (const [tokens, dollars] of [
      [5_001, 0.1],
      [1, 0.250001],
    ] as const) {
      await expect(call(anew, tokens, dollars)).rejects.toMatchObject({ code: 'budget' });
    }
    await call(anew, 5_000, 0.25);
    expect(await used(anew)).toEqual([10_000, 500_000]);
  });

  it.each(['llmTokens', 'llmCost'] as const)('takes neither where the lease on %s is lost', async (what) => {
    await using world = await open();
    const first = await call(world.parts, 1_000, 0.1);
    const { ledger } = world;
    const losesOne = new Proxy(ledger, {
      get: (target, name) => {
        const value = Reflect.get(target, name).bind(target);
        if (name !== 'commit') return value;
        return async (...args: Parameters<typeof ledger.commit>) => {
          if (args[0].scope === scopes[what]) await ledger.release(args[0]);
          await value(...args);
        };
      },
    });
    const second = call({ ...world.parts, ledger: losesOne }, 2_000, 0.2);
    await expect(second).rejects.toMatchObject({ code: 'unavailable' });
    expect(await used(world.parts)).toEqual([1_000, 100_000]);
    await first.settle({});
    for (const scope of Object.values(scopes)) {
      expect(await spentOf(world.parts, scope)).toBe((await ledger.usage(scope)).used);
    }
  });

  it('keeps nothing reserved of a call that could not be put on the record', async () => {
    await using world = await open();
    const log = new Proxy(world.parts.log, {
      get: (target, name) => {
        if (name === 'append') return async () => Promise.reject(new Error('the log is away'));
        return Reflect.get(target, name).bind(target);
      },
    });
    await expect(call({ ...world.parts, log }, 2_000, 0.2)).rejects.toThrow('the log is away');
    expect(await used(world.parts)).toEqual([0, 0]);
  });

  it('counts each call once where several processes find the ledger lost at once', async () => {
    await using world = await open();
    await call(world.parts, 1_000, 0.1);
    const quick = await world.process(whole, true);
    const { ledger } = await world.process();
    let isFirst = true;
    const slow = new Proxy(ledger, {
      get: (target, name) => {
        const value = Reflect.get(target, name).bind(target);
        if (name !== 'correct' && name !== 'reconcile') return value;
        return async (...args: readonly unknown[]) => {
          // By the records it is known by now what was spent: and then somebody else spends.
          if (isFirst) {
            isFirst = false;
            await call(quick, 2_000, 0.1);
          }
          return value(...args);
        };
      },
    });
    await call({ ...world.parts, ledger: slow }, 3_000, 0.1);
    expect(isFirst).toBe(false);
    expect(await used(quick)).toEqual([6_000, 300_000]);
  });

  it('has the same in the ledger as on the record, whatever was called and whoever died', () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 8 }), async (calls) => {
        await using world = await open();
        const before = [0, 0];
        for (const { tokens, dollars, answer } of calls) {
          const one = await call(world.parts, tokens, dollars).catch(() => undefined);
          if (one === undefined) expect(await used(world.parts)).toEqual(before);
          if (answer !== 'dies') await one?.settle(answer);
          before.splice(0, 2, ...(await used(world.parts)));
        }
        const recorded = Object.values(scopes).map((scope) => spentOf(world.parts, scope));
        expect(await Promise.all(recorded)).toEqual(await used(world.parts));
      }),
      { numRuns: 10, examples: [[[{ tokens: 0, dollars: 0, answer: { tokens: 10, dollars: 0.000001 } }]]] },
    ));
}

const tokens = fc.nat(6_000);
const dollars = fc.nat(300_000).map((millionths) => millionths / 1e6);
const answer = fc.oneof(
  fc.constant('dies' as const),
  fc.record({ tokens: fc.option(tokens, { nil: undefined }), dollars: fc.option(dollars, { nil: undefined }) }),
);
const anyCall = fc.record({ tokens, dollars, answer });
