import fc from 'fast-check';
import { expect } from 'vitest';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { Reservation } from '../../../src/ports/ledger.ts';
import type { LedgerHarness } from '../ledger.contract.ts';

interface Held {
  readonly reservation: Reservation;
  readonly ttlMs: number;
  amount: number;
  expiresAtMs: number;
}

interface Scope {
  cap: number;
  used: number;
  token: number;
}

/** What a ledger should hold, as plainly as it can be said. */
export class LedgerModel {
  nowMs = 0;
  readonly scopes = new Map<string, Scope>();
  /** Every reservation that was ever given; those that are over stay, to be tried again. */
  readonly given: Held[] = [];
  readonly open = new Set<Held>();

  scope(name: string): Scope {
    const known = this.scopes.get(name) ?? { cap: 0, used: 0, token: 0 };
    this.scopes.set(name, known);
    return known;
  }

  reserved(name: string): number {
    return [...this.open].reduce((sum, { reservation, amount }) => sum + (reservation.scope === name ? amount : 0), 0);
  }

  fits(name: string, amount: number): boolean {
    const { cap, used } = this.scope(name);
    return cap > 0 && used + this.reserved(name) + amount <= cap;
  }
}

type Operation = (harness: LedgerHarness, model: LedgerModel) => Promise<void>;

/** The error code that a call ends with, or its result. */
async function outcome<T>(call: Promise<T>): Promise<T | string> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CliptideError) return error.code;
    throw error;
  }
}

/** After every operation: the ledger says what the model says, and no cap is exceeded. */
async function verify({ ledger }: LedgerHarness, model: LedgerModel): Promise<void> {
  for (const [name, { cap, used }] of model.scopes) {
    const usage = await ledger.usage(name);
    expect(usage).toMatchObject({ scope: name, cap, used, reserved: model.reserved(name) });
    expect(usage.used + usage.reserved).toBeLessThanOrEqual(usage.cap);
  }
}

const scope = fc.constantFrom('disk', 'cost');
const amount = fc.integer({ min: 0, max: 60 });
const index = fc.nat(30);

/** The reservation that a number stands for, over or not. */
const pick = (model: LedgerModel, number: number): Held | undefined =>
  model.given[number % Math.max(1, model.given.length)];

const setCap = fc.tuple(scope, fc.integer({ min: 0, max: 50 })).map(
  ([name, more]): Operation =>
    async ({ ledger }, model) => {
      const cap = model.scope(name).used + model.reserved(name) + more;
      await ledger.setCap(name, cap);
      model.scope(name).cap = cap;
    },
);

const reserve = fc.tuple(scope, amount, fc.integer({ min: 1, max: 100 })).map(
  ([name, wanted, ttlMs]): Operation =>
    async ({ ledger }, model) => {
      const result = await outcome(ledger.reserve({ scope: name, amount: wanted, holder: 'model', ttlMs }));
      if (!model.fits(name, wanted)) return expect(result).toBe('budget');
      if (typeof result === 'string') throw new Error(`refused with ${result}, though it fits`);
      expect(result.token).toBeGreaterThan(model.scope(name).token);
      model.scope(name).token = result.token;
      const held = { reservation: result, ttlMs, amount: wanted, expiresAtMs: model.nowMs + ttlMs };
      model.given.push(held);
      model.open.add(held);
    },
);

const extend = fc.tuple(index, amount).map(
  ([number, more]): Operation =>
    async ({ ledger }, model) => {
      const held = pick(model, number);
      if (held === undefined) return;
      const result = await outcome(ledger.extend(held.reservation, more));
      if (!model.open.has(held)) return expect(result).toBe('fenced');
      if (more > 0 && !model.fits(held.reservation.scope, more)) return expect(result).toBe('budget');
      held.amount += more;
      held.expiresAtMs = model.nowMs + held.ttlMs;
      expect(result).toMatchObject({ amount: held.amount });
    },
);

const settle = fc.tuple(index, fc.option(fc.nat(100))).map(
  ([number, share]): Operation =>
    async ({ ledger }, model) => {
      const held = pick(model, number);
      if (held === undefined) return;
      const actual = Math.floor((held.amount * (share ?? 0)) / 100);
      const call = share === null ? ledger.release(held.reservation) : ledger.commit(held.reservation, actual);
      const result = await outcome(call);
      if (!model.open.delete(held)) return expect(result).toBe('fenced');
      expect(result).toBeUndefined();
      model.scope(held.reservation.scope).used += actual;
    },
);

const refund = fc.tuple(scope, fc.nat(100)).map(
  ([name, share]): Operation =>
    async ({ ledger }, model) => {
      const back = Math.floor((model.scope(name).used * share) / 100);
      await ledger.refund(name, back);
      model.scope(name).used -= back;
    },
);

const expire = fc.nat(120).map(
  (ms): Operation =>
    async ({ ledger, pass }, model) => {
      await pass(ms);
      model.nowMs += ms;
      const over = [...model.open].filter(({ expiresAtMs }) => expiresAtMs <= model.nowMs);
      for (const held of over) model.open.delete(held);
      const expired = await ledger.expire();
      expect(expired.map(({ id }) => id).sort()).toEqual(over.map(({ reservation }) => reservation.id).sort());
    },
);

/** Lists of operations that change a ledger and the model alike, and compare the two. */
export const ledgerOperations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof({ weight: 2, arbitrary: setCap }, { weight: 4, arbitrary: reserve }, extend, settle, refund, expire).map(
    (operation): Operation =>
      async (harness, model) => {
        await operation(harness, model);
        await verify(harness, model);
      },
  ),
  { maxLength: 60 },
);
