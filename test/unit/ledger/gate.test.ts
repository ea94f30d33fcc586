import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/adapters/embedded/ledger.ts';
import { isLost } from '../../../src/domain/quota.ts';
import type { QuotaLedger } from '../../../src/ports/ledger.ts';
import { gatedLedger } from '../../../src/runtime/gatedledger.ts';
import { Reconciler } from '../../../src/runtime/reconciler.ts';
import { temporaryFolder } from '../../support/embeddedlog.ts';
import { quiet } from '../../support/mediacaches.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

let folder: string;
let clock: VirtualClock;
let inner: QuotaLedger;
let reconciler: Reconciler;
let ledger: QuotaLedger;
/** What is really there. */
let disk: number;
let measured: number;

beforeEach(async () => {
  folder = temporaryFolder();
  clock = new VirtualClock(1_700_000_000_000);
  inner = await openLedger({ path: join(folder, 'ledger.db'), clock, uptime: () => clock.now() });
  [reconciler, ledger] = process();
  disk = 70;
  measured = 0;
  await ledger.setCap('disk', 100);
  await ledger.reconcile('disk', disk);
});
afterEach(async () => {
  await inner.close();
  rmSync(folder, { recursive: true });
});

function process(): [Reconciler, QuotaLedger] {
  const own = new Reconciler({ ledger: inner, clock, logger: quiet });
  return [own, gatedLedger(inner, own, clock)];
}

function knowing(one = reconciler): void {
  const measure = async () => {
    measured++;
    return disk;
  };
  one.register({ covers: (scope) => scope === 'disk', measure });
}

/** As Redis after FLUSHALL, when some process knew better. */
async function lose(): Promise<void> {
  await clock.advance(1_000);
  const db = new DatabaseSync(join(folder, 'ledger.db'));
  db.exec('UPDATE scopes SET is_lost = 1, cap = 0, used = 0, reserved = 0; DELETE FROM reservations');
  db.close();
}

const request = { scope: 'disk', amount: 10, holder: 'test', ttlMs: 60_000 };

describe('the gate of a ledger', () => {
  it('is not waited for by who stops, where nobody here can rebuild the scope', async () => {
    const stopped = new AbortController();
    const stopping = gatedLedger(inner, reconciler, clock, stopped.signal);
    await lose();
    const asked = expect(stopping.reserve(request)).rejects.toSatisfy(isLost);
    while (clock.sleeping === 0) await sleep(1);
    stopped.abort();
    await clock.advance(200);
    await asked;
    knowing();
    expect(await stopping.reserve(request)).toMatchObject({ amount: 10 });
  });

  it('lets everybody wait while a lost scope is rebuilt, once, and gives no budget back', async () => {
    knowing();
    await lose();
    const asked = await Promise.allSettled([1, 2, 3, 4].map(() => ledger.reserve(request)));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(await ledger.usage('disk')).toMatchObject({ cap: 100, used: 70, reserved: 30 });
    expect(measured).toBe(1);
  });

  it('reserves both parts of what was split again, by whichever comes first', async () => {
    knowing();
    const { taken, rest } = await ledger.split(await ledger.reserve({ ...request, amount: 20 }), 8);
    await lose();
    await ledger.commit(taken, 8);
    const { rest: left } = await ledger.split(rest, 5);
    expect(await ledger.usage('disk')).toMatchObject({ used: 78, reserved: 12 });
    await ledger.release(left);
    expect(await ledger.usage('disk')).toMatchObject({ used: 78, reserved: 5 });
  });

  it('waits for somebody else who can measure it, and not for ever', async () => {
    await lose();
    const refused = expect(ledger.usage('disk')).rejects.toSatisfy(isLost);
    await clock.advance(60_000);
    await refused;
    const usage = ledger.usage('disk');
    await clock.advance(1_000);
    await inner.setCap('disk', 100);
    await inner.reconcile('disk', 70);
    await clock.advance(1_000);
    expect(await usage).toMatchObject({ used: 70 });
  });

  it('stays closed while what is there cannot be measured', async () => {
    reconciler.register({ covers: () => true, measure: () => Promise.reject(new Error('the disk is away')) });
    await lose();
    const refused = expect(ledger.reserve(request)).rejects.toSatisfy(isLost);
    await clock.advance(60_000);
    await refused;
  });

  it('reserves again what was lost under a living holder, and counts once what it gives back', async () => {
    knowing();
    const held = await ledger.reserve(request);
    const other = await ledger.reserve(request);
    await lose();
    const longer = await ledger.extend(held, 5);
    expect(longer.amount).toBe(15);
    await ledger.commit(longer, 15);
    await ledger.release(other);
    expect(await ledger.usage('disk')).toMatchObject({ used: 85, reserved: 0 });
    await expect(ledger.commit(longer, 1)).rejects.toMatchObject({ code: 'fenced' });
    // The file was gone when it was counted.
    disk = 60;
    await lose();
    await ledger.refund('disk', 25);
    expect(await ledger.usage('disk')).toMatchObject({ used: 60 });
  });

  it('keeps out who slept past its lease, and whom it never knew', async () => {
    knowing();
    const slept = await ledger.reserve({ ...request, ttlMs: 1 });
    const [, elsewhere] = process();
    const unknown = await elsewhere.reserve(request);
    await sleep(5);
    await lose();
    for (const one of [slept, unknown]) {
      await expect(ledger.extend(one, 0)).rejects.toMatchObject({ code: 'fenced' });
    }
    expect(await ledger.usage('disk')).toMatchObject({ used: 70, reserved: 0 });
  });

  it('does not undo what was spent since another process opened it', async () => {
    const counting = Promise.withResolvers<number>();
    reconciler.register({ covers: () => true, measure: () => counting.promise });
    const [second, elsewhere] = process();
    knowing(second);
    await elsewhere.setCap('disk', 100);
    await lose();
    const slow = ledger.usage('disk');
    await elsewhere.commit(await elsewhere.reserve(request), 10);
    counting.resolve(70);
    expect(await slow).toMatchObject({ used: 80 });
  });
});

describe('reconciling', () => {
  const check = async (): Promise<void> => {
    const checking = reconciler.check('disk');
    await clock.advance(10_000);
    await checking;
  };

  it.each([[50], [90]])('puts right what differs twice: 70 to %d', async (there) => {
    knowing();
    disk = there;
    await check();
    expect(await ledger.usage('disk')).toMatchObject({ used: there });
    expect(measured).toBe(2);
  });

  it('takes a file that is being written or removed for no difference', async () => {
    let looks = 0;
    reconciler.register({ covers: () => true, measure: async () => (looks++ === 0 ? 95 : 70) });
    await check();
    expect(await ledger.usage('disk')).toMatchObject({ used: 70 });
    expect(looks).toBe(2);
  });

  it('leaves alone a scope that changes all the time, and those that nobody here measures', async () => {
    let there = 70;
    reconciler.register({ covers: (scope) => scope === 'disk', measure: async () => (there += 3) });
    await check();
    await reconciler.check('unknown');
    expect(await ledger.usage('disk')).toMatchObject({ used: 70 });
  });

  it('goes round at once and every ten minutes, gives back leases that are over, and stops', async () => {
    knowing();
    await ledger.reserve({ ...request, ttlMs: 1_000 });
    const { stop } = reconciler.start();
    await clock.advance(1_000);
    disk = 40;
    await clock.advance(601_000);
    expect(await ledger.usage('disk')).toMatchObject({ used: 40, reserved: 0 });
    await stop();
    disk = 50;
    await clock.advance(1_200_000);
    expect(await ledger.usage('disk')).toMatchObject({ used: 40 });
  });

  it('begins with what is there, also while others spend', async () => {
    reconciler.register({
      covers: () => true,
      measure: async () => {
        measured++;
        if (measured === 1) await inner.commit(await inner.reserve(request), 10);
        return 80;
      },
    });
    await reconciler.begin('disk');
    expect(await ledger.usage('disk')).toMatchObject({ used: 80 });
  });
});
