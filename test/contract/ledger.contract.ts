import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuotaLedger, Reservation } from '../../src/ports/ledger.ts';
import { ending } from './ledger/ending.ts';
import { losing } from './ledger/losing.ts';
import { LedgerModel } from './ledger/model.ts';
import { ledgerOperations } from './ledger/operations.ts';
import { waiting } from './ledger/waiting.ts';

export interface LedgerHarness {
  /** A ledger without any scope; another one after `lose`. */
  readonly ledger: QuotaLedger;
  /** Another client of the same ledger. */
  again(): Promise<QuotaLedger>;
  /** Moves the clock by which leases end. */
  pass(ms: number): Promise<void>;
  /** Takes everything away that the ledger holds, while nobody has it open, and opens it again with what the node knows. */
  lose(): Promise<QuotaLedger>;
  close(): Promise<void>;
}

/** What every quota ledger must do. `open` gives an empty one, for each test. */
export function ledgerContract(name: string, open: () => Promise<LedgerHarness>): void {
  describe(`quota ledger: ${name}`, () => {
    let harness: LedgerHarness;
    beforeEach(async () => {
      harness = await open();
      await harness.ledger.setCap('disk', 100);
    });
    afterEach(() => harness.close());
    spending(() => harness);
    leasing(() => harness);
    waiting(() => harness);
    ending(() => harness);
    losing(() => harness);
    modelled(open);
  });
}

const reserve = (ledger: QuotaLedger, amount: number, ttlMs = 60_000): Promise<Reservation> =>
  ledger.reserve({ scope: 'disk', amount, holder: 'test', ttlMs });

function spending(harness: () => LedgerHarness): void {
  it('reserves up to the cap and not a unit more', async () => {
    const { ledger } = harness();
    await reserve(ledger, 60);
    await expect(reserve(ledger, 41)).rejects.toMatchObject({ code: 'budget', where: 'disk' });
    await reserve(ledger, 40);
    expect(await ledger.usage('disk')).toMatchObject({ scope: 'disk', cap: 100, used: 0, reserved: 100 });
  });

  it('turns what was used into used units, and gives the rest back', async () => {
    const { ledger } = harness();
    await ledger.commit(await reserve(ledger, 60), 25);
    expect(await ledger.usage('disk')).toMatchObject({ used: 25, reserved: 0 });
    await ledger.release(await reserve(ledger, 75));
    await ledger.refund('disk', 10);
    expect(await ledger.usage('disk')).toMatchObject({ used: 15, reserved: 0 });
  });

  it('extends a reservation while it fits', async () => {
    const { ledger } = harness();
    const longer = await ledger.extend(await reserve(ledger, 60), 30);
    expect(longer.amount).toBe(90);
    await expect(ledger.extend(longer, 11)).rejects.toMatchObject({ code: 'budget' });
    await ledger.commit(longer, 90);
    expect(await ledger.usage('disk')).toMatchObject({ used: 90, reserved: 0 });
  });

  it('makes two of a reservation, each with a life of its own, though the scope is full and others wait', async () => {
    const { ledger } = harness();
    const whole = await reserve(ledger, 100);
    const stopping = new AbortController();
    const next = { scope: 'disk', amount: 1, holder: 'test', ttlMs: 1_000, maxWaitMs: 60_000, signal: stopping.signal };
    const waiter = ledger.reserve(next).catch(() => undefined);
    const { taken, rest } = await ledger.split(whole, 30);
    expect([taken, rest]).toMatchObject([{ amount: 30 }, { amount: 70, id: whole.id, token: whole.token }]);
    expect(taken.token).toBeGreaterThan(whole.token);
    await expect(ledger.split(rest, 71)).rejects.toMatchObject({ code: 'internal' });
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 100 });
    await ledger.commit(taken, 20);
    stopping.abort();
    await waiter;
    expect(await ledger.extend(rest, 10)).toMatchObject({ amount: 80 });
    await ledger.release(rest);
    expect(await ledger.usage('disk')).toMatchObject({ used: 20, reserved: 0 });
    await expect(ledger.split(rest, 1)).rejects.toMatchObject({ code: 'fenced' });
  });

  it('keeps scopes apart, and refuses everything in one that has no cap', async () => {
    const { ledger } = harness();
    await ledger.setCap('cost', 5);
    await reserve(ledger, 100);
    await ledger.reserve({ scope: 'cost', amount: 5, holder: 'test', ttlMs: 1_000 });
    const unknown = { scope: 'unknown', amount: 1, holder: 'test', ttlMs: 1_000 };
    await expect(ledger.reserve(unknown)).rejects.toMatchObject({ code: 'budget' });
    expect(await ledger.usage('unknown')).toMatchObject({ scope: 'unknown', cap: 0, used: 0, reserved: 0 });
  });

  it('takes the disk for the truth, and refuses more while that is above the cap', async () => {
    const { ledger } = harness();
    await ledger.reconcile('disk', 130);
    await expect(reserve(ledger, 1)).rejects.toMatchObject({ code: 'budget' });
    await ledger.refund('disk', 40);
    await reserve(ledger, 10);
  });

  it.each([[-1], [0.5], [Number.NaN], [2 ** 53]])('refuses %d as an amount and changes nothing', async (amount) => {
    const { ledger } = harness();
    await expect(reserve(ledger, amount)).rejects.toThrow();
    await expect(ledger.refund('disk', amount)).rejects.toThrow();
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 0 });
  });

  it('refuses to commit more than was reserved, and to give back more than is used', async () => {
    const { ledger } = harness();
    const held = await reserve(ledger, 10);
    await expect(ledger.commit(held, 11)).rejects.toThrow();
    await expect(ledger.refund('disk', 1)).rejects.toThrow();
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 10 });
  });

  it('is one ledger for all clients', async () => {
    const other = await harness().again();
    const held = await reserve(harness().ledger, 70);
    await expect(reserve(other, 31)).rejects.toMatchObject({ code: 'budget' });
    await other.commit(held, 70);
    expect(await harness().ledger.usage('disk')).toMatchObject({ used: 70, reserved: 0 });
    await other.close();
  });
}

function leasing(harness: () => LedgerHarness): void {
  it('gives tokens that grow', async () => {
    const { ledger } = harness();
    const tokens: number[] = [];
    for (let count = 0; count < 3; count++) {
      const held = await reserve(ledger, 100);
      tokens.push(held.token);
      await ledger.release(held);
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
  });

  it('gives back what a crashed holder reserved, and says what it was', async () => {
    const { ledger, pass } = harness();
    const crashed = await reserve(ledger, 60, 1_000);
    const alive = await reserve(ledger, 40, 1_000);
    await pass(600);
    await ledger.extend(alive, 0);
    await pass(600);
    expect(await ledger.expire()).toEqual([crashed]);
    expect(await ledger.expire()).toEqual([]);
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 40 });
  });

  it('fences off a holder that slept past its lease, also when its units were given to another', async () => {
    const { ledger, pass } = harness();
    const slept = await reserve(ledger, 100, 1_000);
    await pass(2_000);
    await ledger.expire();
    await reserve(ledger, 100);
    for (const attempt of [
      () => ledger.commit(slept, 50),
      () => ledger.release(slept),
      () => ledger.extend(slept, 0),
      () => ledger.split(slept, 1),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'fenced' });
    }
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: 100 });
  });

  it('gives to who reserves what a dead holder had, and tells later whose it was', async () => {
    const { ledger, pass } = harness();
    const crashed = await reserve(ledger, 60, 1_000);
    const alive = await reserve(ledger, 40, 60_000);
    await expect(reserve(ledger, 1)).rejects.toMatchObject({ code: 'budget' });
    await pass(1_000);
    const longer = await ledger.extend(alive, 10);
    expect(await reserve(ledger, 50)).toMatchObject({ amount: 50 });
    await expect(ledger.commit(crashed, 60)).rejects.toMatchObject({ code: 'fenced' });
    expect(await ledger.usage('disk')).toMatchObject({ used: 0, reserved: longer.amount + 50 });
    expect(await ledger.expire()).toEqual([crashed]);
    expect(await ledger.expire()).toEqual([]);
  });

  it('does not take from a holder what it is extending, however late it comes', async () => {
    const { ledger, pass } = harness();
    const slow = await reserve(ledger, 60, 1_000);
    await pass(2_000);
    await expect(ledger.extend(slow, 41)).rejects.toMatchObject({ code: 'budget' });
    expect(await ledger.extend(slow, 40)).toMatchObject({ amount: 100 });
  });

  it('settles a reservation once', async () => {
    const { ledger } = harness();
    const held = await reserve(ledger, 10);
    await ledger.commit(held, 10);
    await expect(ledger.commit(held, 10)).rejects.toMatchObject({ code: 'fenced' });
    await expect(ledger.release(held)).rejects.toMatchObject({ code: 'fenced' });
    expect(await ledger.usage('disk')).toMatchObject({ used: 10, reserved: 0 });
  });
}

function modelled(open: () => Promise<LedgerHarness>): void {
  it('does what a simple model does, in any order of operations, and never exceeds a cap', async () => {
    await fc.assert(
      fc.asyncProperty(ledgerOperations, async (operations) => {
        const harness = await open();
        const model = new LedgerModel();
        try {
          for (const operation of operations) await operation(harness, model);
        } finally {
          await model.callOff();
          await harness.close();
        }
      }),
      { numRuns: 40 },
    );
  });
}
