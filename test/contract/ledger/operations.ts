import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { LedgerHarness } from '../ledger.contract.ts';
import type { Held, LedgerModel, Waiting } from './model.ts';

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

async function pass({ pass: move }: LedgerHarness, model: LedgerModel, ms: number): Promise<void> {
  await move(ms);
  model.nowMs += ms;
}

/** Lets who is next in a queue come to it, until nobody is served any more. */
async function serve(harness: LedgerHarness, model: LedgerModel): Promise<void> {
  for (const [name, scope] of model.scopes) {
    for (let head = scope.queue[0]; head !== undefined; head = scope.queue[0]) {
      await pass(harness, model, 25);
      if (!model.hasRoom(name, head.amount)) break;
      scope.queue.shift();
      take(model, name, await settled(harness, model, head), head.ttlMs);
    }
    if (scope.queue.length === 0) continue;
    // Who is next has found that it does not fit, and given back what the dead had.
    const isSeen = async () => (await harness.ledger.usage(name)).reserved === model.reserved(name);
    while (!(await isSeen())) {
      await pass(harness, model, 25);
      model.hasRoom(name, scope.queue[0]?.amount ?? 0);
      await sleep(5);
    }
  }
}

async function settled(harness: LedgerHarness, model: LedgerModel, waiting: Waiting): Promise<Waiting['settled']> {
  while (waiting.settled === undefined) {
    await pass(harness, model, 5);
    await sleep(2);
  }
  return waiting.settled;
}

function take(model: LedgerModel, name: string, result: Waiting['settled'], ttlMs: number): void {
  if (result === undefined || typeof result === 'string') throw new Error(`refused with ${result}, though it fits`);
  expect(result.token).toBeGreaterThan(model.scope(name).token);
  model.scope(name).token = result.token;
  model.take(result, ttlMs);
}

/** After every operation: the ledger says what the model says, and no cap is exceeded. */
async function verify({ ledger }: LedgerHarness, model: LedgerModel): Promise<void> {
  for (const [name, { cap, used, queue }] of model.scopes) {
    const usage = await ledger.usage(name);
    expect(usage).toMatchObject({ scope: name, cap, used, reserved: model.reserved(name), waiting: queue.length });
    expect(usage.used + usage.reserved).toBeLessThanOrEqual(usage.cap);
  }
}

const scope = fc.constantFrom('disk', 'cost');
const amount = fc.integer({ min: 0, max: 60 });
const index = fc.nat(30);
const ttl = fc.integer({ min: 1, max: 100 });

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

const wait = fc.tuple(scope, amount, ttl).map(
  ([name, wanted, ttlMs]): Operation =>
    async (harness, model) => {
      const { cap, queue } = model.scope(name);
      const isQueued = queue.length > 0 || !model.hasRoom(name, wanted);
      if (queue.length === 3) return;
      const stopping = new AbortController();
      const place = Promise.withResolvers<number>();
      const request = { scope: name, amount: wanted, holder: 'model', ttlMs, maxWaitMs: 3_600_000 };
      const onWait = (at: number) => place.resolve(at);
      const call = outcome(harness.ledger.reserve({ ...request, onWait, signal: stopping.signal }));
      if (!isQueued) return take(model, name, await call, ttlMs);
      if (cap === 0 || wanted > cap) return expect(await call).toBe('budget');
      const waiting: Waiting = { amount: wanted, ttlMs, stopping, outcome: call, settled: undefined };
      call.then((result) => {
        waiting.settled = result;
      });
      expect(await place.promise).toBe(queue.length + 1);
      queue.push(waiting);
    },
);

const callOff = fc.tuple(scope, fc.nat(2)).map(
  ([name, number]): Operation =>
    async (harness, model) => {
      const [waiting] = model.scope(name).queue.splice(number, 1);
      waiting?.stopping.abort();
      if (waiting !== undefined) expect(await settled(harness, model, waiting)).toBe('aborted');
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
