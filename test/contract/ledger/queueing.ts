import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { LedgerHarness } from '../ledger.contract.ts';
import type { LedgerModel, Waiting } from './model.ts';

export type Operation = (harness: LedgerHarness, model: LedgerModel) => Promise<void>;

/** The error code that a call ends with, or its result. */
export async function outcome<T>(call: Promise<T>): Promise<T | string> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CliptideError) return error.code;
    throw error;
  }
}

export async function pass({ pass: move }: LedgerHarness, model: LedgerModel, ms: number): Promise<void> {
  await move(ms);
  model.nowMs += ms;
}

/** Lets who is next in a queue come to it, until nobody is served any more. */
export async function serve(harness: LedgerHarness, model: LedgerModel): Promise<void> {
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

export function take(model: LedgerModel, name: string, result: Waiting['settled'], ttlMs: number): void {
  if (result === undefined || typeof result === 'string') throw new Error(`refused with ${result}, though it fits`);
  expect(result.token).toBeGreaterThan(model.scope(name).token);
  model.scope(name).token = result.token;
  model.take(result, ttlMs);
}

export const scope = fc.constantFrom('disk', 'cost');
export const amount = fc.integer({ min: 0, max: 60 });
export const ttl = fc.integer({ min: 1, max: 100 });

export const wait = fc.tuple(scope, amount, ttl).map(
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

export const callOff = fc.tuple(scope, fc.nat(2)).map(
  ([name, number]): Operation =>
    async (harness, model) => {
      const [waiting] = model.scope(name).queue.splice(number, 1);
      waiting?.stopping.abort();
      if (waiting !== undefined) expect(await settled(harness, model, waiting)).toBe('aborted');
    },
);
