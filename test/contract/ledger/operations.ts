import fc from 'fast-check';
import { expect } from 'vitest';
import type { LedgerHarness } from '../ledger.contract.ts';
import type { Held, LedgerModel } from './model.ts';
import { amount, callOff, type Operation, outcome, pass, scope, serve, take, ttl, wait } from './queueing.ts';

/** After every operation: the ledger says what the model says, and no cap is exceeded. */
async function verify({ ledger }: LedgerHarness, model: LedgerModel): Promise<void> {
  for (const [name, { cap, used, queue }] of model.scopes) {
    const usage = await ledger.usage(name);
    expect(usage).toMatchObject({ scope: name, cap, used, reserved: model.reserved(name), waiting: queue.length });
    expect(usage.used + usage.reserved).toBeLessThanOrEqual(usage.cap);
  }
}

const index = fc.nat(30);

/** The reservation that a number stands for, over or not. */
const pick = (model: LedgerModel, number: number): Held | undefined =>
  model.given[number % Math.max(1, model.given.length)];

const setCap = fc.tuple(scope, fc.integer({ min: 0, max: 50 })).map(
  ([name, more]): Operation =>
    async ({ ledger }, model) => {
      const cap = model.scope(name).used + model.reserved(name) + more;
      // What waits must be able to fit one day.
      if (model.scope(name).queue.some(({ amount: waits }) => waits > cap)) return;
      await ledger.setCap(name, cap);
      model.scope(name).cap = cap;
    },
);

const reserve = fc.tuple(scope, amount, ttl).map(
  ([name, wanted, ttlMs]): Operation =>
    async ({ ledger }, model) => {
      const isFree = model.scope(name).queue.length === 0 && model.hasRoom(name, wanted);
      const result = await outcome(ledger.reserve({ scope: name, amount: wanted, holder: 'model', ttlMs }));
      if (isFree) take(model, name, result, ttlMs);
      else expect(result).toBe('budget');
    },
);

const extend = fc.tuple(index, amount).map(
  ([number, more]): Operation =>
    async ({ ledger }, model) => {
      const held = pick(model, number);
      if (held === undefined) return;
      const result = await outcome(ledger.extend(held.reservation, more));
      if (!model.open.has(held)) return expect(result).toBe('fenced');
      if (more > 0 && !model.hasRoom(held.reservation.scope, more, held)) return expect(result).toBe('budget');
      held.amount += more;
      held.expiresAtMs = model.nowMs + held.ttlMs;
      expect(result).toMatchObject({ amount: held.amount });
    },
);

const split = fc.tuple(index, amount).map(
  ([number, part]): Operation =>
    async ({ ledger }, model) => {
      const held = pick(model, number);
      if (held === undefined) return;
      const result = await outcome(ledger.split(held.reservation, part));
      if (!model.open.has(held)) return expect(result).toBe('fenced');
      if (part > held.amount) return expect(result).toBe('internal');
      if (typeof result === 'string') return expect.unreachable(result);
      held.amount -= part;
      held.expiresAtMs = model.nowMs + held.ttlMs;
      expect(result.rest).toMatchObject({ amount: held.amount, token: held.reservation.token });
      take(model, held.reservation.scope, result.taken, held.ttlMs);
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
    async (harness, model) => {
      await pass(harness, model, ms);
      model.giveBack(() => true);
      const over = [...model.givenBack].map(({ reservation }) => reservation.id);
      model.givenBack.clear();
      const expired = await harness.ledger.expire();
      expect(expired.map(({ id }) => id).sort()).toEqual(over.sort());
    },
);

const remove = scope.map(
  (name): Operation =>
    async ({ ledger }, model) => {
      const { queue, token } = model.scope(name);
      if (queue.length > 0) return;
      model.giveBack(({ reservation }) => reservation.scope === name);
      const result = await outcome(ledger.remove(name));
      if (model.reserved(name) > 0) return expect(result).toBe('busy');
      expect(result).toBeUndefined();
      for (const held of model.givenBack) if (held.reservation.scope === name) model.givenBack.delete(held);
      model.scopes.set(name, { cap: 0, used: 0, token, queue });
    },
);

/** Lost while nobody is there, found closed, and rebuilt with what was used. */
const lose = fc.constant<Operation>(async (harness, model) => {
  await model.callOff();
  await pass(harness, model, 1_000);
  const before = await harness.ledger.scopes();
  const ledger = await harness.lose();
  for (const { scope: name } of before) {
    expect(await outcome(ledger.usage(name))).toBe('unavailable');
    const { cap, used } = model.scope(name);
    await ledger.setCap(name, cap);
    await ledger.reconcile(name, used);
  }
  model.open.clear();
  model.givenBack.clear();
});

const rare = fc.oneof({ weight: 2, arbitrary: remove }, lose);

/** Lists of operations that change a ledger and the model alike, and compare the two. */
export const ledgerOperations: fc.Arbitrary<Operation[]> = fc.array(
  fc
    .oneof(
      { weight: 4, arbitrary: setCap },
      { weight: 8, arbitrary: reserve },
      { weight: 3, arbitrary: wait },
      { weight: 2, arbitrary: extend },
      { weight: 2, arbitrary: split },
      { weight: 2, arbitrary: settle },
      { weight: 2, arbitrary: refund },
      { weight: 2, arbitrary: expire },
      callOff,
      rare,
    )
    .map(
      (operation): Operation =>
        async (harness, model) => {
          await operation(harness, model);
          await serve(harness, model);
          await verify(harness, model);
        },
    ),
  { maxLength: 60 },
);
