import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { spendingScope } from '../../../src/domain/scopes.ts';
import { type Spend, spend } from '../../../src/runtime/budget.ts';
import { fetchBudget } from '../../../src/runtime/budgetfetch.ts';
import type { BudgetParts } from '../../../src/runtime/budgetrecord.ts';
import { spentOf } from '../../../src/runtime/budgetspent.ts';
import { BudgetWorld, channelId, startMs, whole } from '../../support/budgetworld.ts';

const day = spendingScope(channelId, 'renderSeconds', startMs);
const hour = spendingScope(channelId, 'fetchedBytes', startMs);
const render = (parts: BudgetParts, renderSeconds: number, taskId = 'task'): Promise<Spend> =>
  spend(parts, { channelId, streamId: 'stream', taskId, amounts: { renderSeconds } });
const usedOf = async ({ ledger }: BudgetParts, scope: string): Promise<number> => (await ledger.usage(scope)).used;

describe('what a channel spends', () => {
  it('is on the record before the work and after it, and in the ledger all the time', async () => {
    await using world = await BudgetWorld.open();
    const one = await render(world.parts, 30);
    expect(await usedOf(world.parts, day)).toBe(30);
    expect(await world.entries()).toMatchObject([{ kind: 'reserve', amount: 30, scope: day, taskId: 'task' }]);
    await one.settle({ renderSeconds: 12 });
    expect(await usedOf(world.parts, day)).toBe(12);
    const [reserve, settle] = await world.entries();
    expect(settle).toMatchObject({ kind: 'settle', amount: 12, nodeId: 'node-1', spendId: reserve?.spendId });
    expect(settle?.entryId).not.toBe(reserve?.entryId);
  });

  it('is refused beyond the budget, with what to do, on the record', async () => {
    await using world = await BudgetWorld.open();
    await render(world.parts, 80);
    const refused = render(world.parts, 101, 'large');
    await expect(refused).rejects.toMatchObject({
      code: 'budget',
      message: expect.stringMatching(/Seconds of CPU.*"channel": 101 more do not fit: 80 used/),
      where: day,
      hint: expect.stringContaining('2020-10-02T00:00:00.000Z'),
    });
    const entries = await world.entries();
    expect(entries.at(-1)).toMatchObject({ kind: 'refused', amount: 101, taskId: 'large', scope: day });
    expect(entries.at(-1)?.reason).toContain('80 used');
  });

  it('waits in turn for what others give back, and the wait is on the record', async () => {
    await using world = await BudgetWorld.open(whole, systemClock);
    const first = await render(world.parts, 80);
    const second = render(world.parts, 50, 'waits');
    const waits = async () => (await world.entries()).some(({ kind }) => kind === 'waiting');
    while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 5));
    await first.settle({ renderSeconds: 40 });
    await second;
    expect(await usedOf(world.parts, day)).toBe(90);
    const waiting = (await world.entries()).filter(({ kind }) => kind === 'waiting');
    expect(waiting).toMatchObject([{ place: 1, amount: 50, taskId: 'waits' }]);
  });

  it('begins anew with the next day, and with each hour', async () => {
    await using world = await BudgetWorld.open();
    await (await render(world.parts, 100)).settle({ renderSeconds: 100 });
    await world.clock.advance(24 * 3_600_000);
    await (await render(world.parts, 100)).settle({ renderSeconds: 100 });
    expect(await usedOf(world.parts, day)).toBe(100);
    expect(spendingScope(channelId, 'fetchedBytes', startMs)).toBe('channel:channel:fetchedBytes:2020-10-01T13');
  });

  it('may be what the channel’s settings say, from the next reservation on', async () => {
    await using world = await BudgetWorld.open();
    await world.set({ renderSecondsPerDay: 10 });
    await expect(render(world.parts, 11)).rejects.toMatchObject({ code: 'budget' });
    await world.set({ renderSecondsPerDay: 1_000 });
    await render(world.parts, 500);
    await world.set({ renderSecondsPerDay: null });
    await expect(render(world.parts, 1)).rejects.toMatchObject({ code: 'budget' });
  });
});

describe('the bytes of a download', () => {
  it('are reserved as it turns out longer, and settled as they were', async () => {
    await using world = await BudgetWorld.open({ ...whole, fetchedBytesPerHour: 20_000 });
    const flight = await fetchBudget(world.parts).begin({ channelId, streamId: 'stream', bytes: 1_000 });
    await flight.cover(1_200);
    expect(await usedOf(world.parts, hour)).toBe(1_250);
    await flight.cover(5_000);
    await flight.cover(9_000);
    expect(await usedOf(world.parts, hour)).toBe(10_000);
    await flight.settle(9_000);
    expect(await usedOf(world.parts, hour)).toBe(9_000);
    expect((await world.entries()).map(({ kind }) => kind)).toEqual(['reserve', 'reserve', 'reserve', 'settle']);
  });

  it('that do not fit any more end it, and what came counts', async () => {
    await using world = await BudgetWorld.open();
    const flight = await fetchBudget(world.parts).begin({ channelId, streamId: 'stream', bytes: 800 });
    await expect(flight.cover(1_500)).rejects.toMatchObject({ code: 'budget', where: hour });
    await flight.settle(820);
    expect(await usedOf(world.parts, hour)).toBe(820);
  });
});

describe('a ledger that is lost', () => {
  it('gives nothing back: what was settled counts, and in full what a process that died had reserved', async () => {
    await using world = await BudgetWorld.open();
    await (await render(world.parts, 30)).settle({ renderSeconds: 12 });
    // Dies in mid-render.
    await render(world.parts, 40);
    expect(await spentOf(world.parts, day)).toBe(52);
    const anew = await world.process(whole, true);
    await expect(render(anew, 49)).rejects.toMatchObject({
      code: 'budget',
      message: expect.stringContaining('52 used'),
    });
    await render(anew, 48);
    expect(await usedOf(anew, day)).toBe(100);
  });

  it('between the reservation and its record costs nothing, after the record all of it', async () => {
    await using world = await BudgetWorld.open();
    const ledger = new Proxy(world.ledger, {
      get: (target, name) => {
        if (name === 'commit') return () => new Promise(() => undefined);
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const dying = { ...world.parts, ledger };
    void render(dying, 25);
    while ((await world.entries()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await usedOf(world.parts, day)).toBe(0);
    expect(await spentOf(world.parts, day)).toBe(25);
  });

  it('equals the ledger that was not, whatever was done and whoever died', async () => {
    const step = fc.record({ amount: fc.integer({ min: 1, max: 20 }), actual: fc.nat(25), dies: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await using world = await BudgetWorld.open({ ...whole, renderSecondsPerDay: 1_000 });
        for (const { amount, actual, dies } of steps) {
          const one = await render(world.parts, amount);
          if (!dies) await one.settle({ renderSeconds: actual });
        }
        expect(await spentOf(world.parts, day)).toBe(await usedOf(world.parts, day));
      }),
      { numRuns: 15 },
    );
  });
});
