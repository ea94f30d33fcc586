import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import type { QuotaLedger, ReserveRequest } from '../../../src/ports/ledger.ts';
import { releaseAll, reserveAll } from '../../../src/runtime/reserveall.ts';
import { temporaryFolder } from '../../support/embeddedlog.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

const scopes = ['channel:a:clips', 'channel:a:render', 'node:one:work'];
const cap = 100;
const ttlMs = 60_000;

async function world() {
  const folder = temporaryFolder();
  const clock = new VirtualClock(1_700_000_000_000);
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock, uptime: () => clock.now() });
  for (const scope of scopes) await ledger.setCap(scope, cap);
  return {
    clock,
    ledger,
    reserved: async () => (await ledger.scopes()).map(({ reserved }) => reserved),
    [Symbol.asyncDispose]: async () => {
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const request = (scope: string, amount: number): ReserveRequest => ({ scope, amount, holder: 'test', ttlMs });

/** The ledger as a process sees it that dies before or after one of its steps: nothing comes of any later one. */
function dying(ledger: QuotaLedger, step: number, isDone: boolean): QuotaLedger {
  let steps = 0;
  const dead = new Error('dead');
  const once = async <T>(call: () => Promise<T>): Promise<T> => {
    steps++;
    if (steps < step) return call();
    if (steps === step && isDone) await call();
    throw dead;
  };
  return {
    ...ledger,
    reserve: (one) => once(() => ledger.reserve(one)),
    release: (one) => once(() => ledger.release(one)),
    extend: (one, more) => once(() => ledger.extend(one, more)),
  };
}

describe('reserving in several scopes', () => {
  it('gives all or nothing, in the order of the requests, whatever others hold', async () => {
    const amounts = fc
      .shuffledSubarray(scopes)
      .chain((some) => fc.tuple(...some.map((scope) => fc.tuple(fc.constant(scope), fc.nat(120)))));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(cap), { minLength: 3, maxLength: 3 }), amounts, async (others, wanted) => {
        await using at = await world();
        for (const [index, scope] of scopes.entries()) await at.ledger.reserve(request(scope, others[index] ?? 0));
        const before = await at.reserved();
        const fits = wanted.every(([scope, amount]) => (others[scopes.indexOf(scope)] ?? 0) + amount <= cap);
        const requests = wanted.map(([scope, amount]) => request(scope, amount));
        const result = await reserveAll(at.ledger, requests).catch((error) => error.code);
        if (!fits) {
          expect(result).toBe('budget');
        } else {
          expect(result.map(({ scope, amount }: ReserveRequest) => [scope, amount])).toEqual(wanted);
          await releaseAll(at.ledger, result);
        }
        expect(await at.reserved()).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves nothing behind when its process dies at any step: the leases end', async () => {
    const steps = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.boolean(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(steps, async ([step, isDone, isRefused]) => {
        await using at = await world();
        if (isRefused) await at.ledger.commit(await at.ledger.reserve(request('node:one:work', cap)), cap);
        const requests = scopes.map((scope) => ({ ...request(scope, 60), maxWaitMs: 1 }));
        const reserving = reserveAll(dying(at.ledger, step, isDone), requests).catch(() => undefined);
        await at.clock.advance(10);
        await reserving;
        await at.clock.advance(ttlMs);
        // Who comes next finds the room without anybody having cleaned up.
        for (const scope of scopes.slice(0, 2)) await at.ledger.reserve(request(scope, cap));
        await at.ledger.expire();
        expect(await at.reserved()).toEqual([cap, cap, 0]);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps two that want the same scopes in another order from waiting for each other', async () => {
    await using at = await world();
    const [first = '', second = ''] = scopes;
    const wanted = [first, second].map((scope) => ({ ...request(scope, 60), maxWaitMs: ttlMs / 2 }));
    const done: string[] = [];
    const both = [wanted, wanted.toReversed()].map(async (requests, index) => {
      await releaseAll(at.ledger, await reserveAll(at.ledger, requests));
      done.push(`${index}`);
    });
    while (done.length < 2) await at.clock.advance(25);
    await Promise.all(both);
    expect(await at.reserved()).toEqual([0, 0, 0]);
  });

  it('refuses one scope twice', async () => {
    await using at = await world();
    const [scope = ''] = scopes;
    await expect(reserveAll(at.ledger, [request(scope, 1), request(scope, 2)])).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await at.reserved()).toEqual([0, 0, 0]);
  });
});
