import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CliptideError } from '../../../src/domain/errors.ts';
import type { QuotaLedger, Reservation, ReserveRequest } from '../../../src/ports/ledger.ts';
import type { LedgerHarness } from '../ledger.contract.ts';

/** Someone who waits for room in the scope "disk". */
class Waiter {
  readonly places: number[] = [];
  readonly #stopping = new AbortController();
  readonly outcome: Promise<Reservation | string>;
  #settled: Reservation | string | undefined;

  constructor(ledger: QuotaLedger, amount: number, more: Partial<ReserveRequest> = {}) {
    const { signal } = this.#stopping;
    const onWait = (place: number) => this.places.push(place);
    const request = { scope: 'disk', amount, holder: 'test', ttlMs: 3_600_000, maxWaitMs: 600_000, onWait, signal };
    this.outcome = ledger.reserve({ ...request, ...more }).catch((error: unknown) => {
      if (error instanceof CliptideError) return error.code;
      throw error;
    });
    this.outcome.then(
      (outcome) => {
        this.#settled = outcome;
      },
      (error) => {
        this.#settled = String(error);
      },
    );
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Lets little time pass until it has heard of this place. */
  async at(place: number, { pass }: LedgerHarness): Promise<this> {
    while (this.places.at(-1) !== place) await shortly(pass);
    return this;
  }

  async settled({ pass }: LedgerHarness): Promise<Reservation | string> {
    while (this.#settled === undefined) await shortly(pass);
    return this.#settled;
  }
}

/**
 * A ledger far away asks in real time, and its ticket must outlast what passes on the test's clock: no more passes on
 * that than on the wall, so that five seconds of both are there for an answer of a busy machine.
 */
async function shortly(pass: LedgerHarness['pass']): Promise<void> {
  await pass(5);
  await sleep(5);
}

export function waiting(harness: () => LedgerHarness): void {
  const hold = (amount: number, ttlMs = 3_600_000): Promise<Reservation> =>
    harness().ledger.reserve({ scope: 'disk', amount, holder: 'test', ttlMs });

  it('gives room to who waits, in order of arrival, and tells each its place', async () => {
    const { ledger, again } = harness();
    const other = await again();
    const held = await hold(100);
    const first = await new Waiter(ledger, 60).at(1, harness());
    const second = await new Waiter(other, 60).at(2, harness());
    const third = await new Waiter(ledger, 30).at(3, harness());
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 100, waiting: 3 });
    await ledger.release(held);
    const given = await first.settled(harness());
    expect(given).toMatchObject({ amount: 60 });
    // The third would fit; but the second was there before it.
    await third.at(2, harness());
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 60, waiting: 2 });
    await ledger.release(given as Reservation);
    expect([await second.settled(harness()), await third.settled(harness())]).toMatchObject([
      { amount: 60 },
      { amount: 30 },
    ]);
    expect([first.places, second.places[0], third.places.slice(0, 2)]).toEqual([[1], 2, [3, 2]]);
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 90, waiting: 0 });
    await other.close();
  });

  it('asks who is next how much it needs by now, and lets it make room', async () => {
    const { ledger } = harness();
    const held = await hold(60);
    const front = await new Waiter(ledger, 50).at(1, harness());
    let [asked, needed] = [0, 70];
    const whenNext = async () => {
      asked += 1;
      if (needed === 30) await ledger.release(held);
      return needed;
    };
    const waiter = await new Waiter(ledger, 50, { whenNext }).at(2, harness());
    expect(asked).toBe(0);
    front.stop();
    await waiter.at(1, harness());
    while (asked < 2) await shortly(harness().pass);
    needed = 30;
    expect(await waiter.settled(harness())).toMatchObject({ amount: 30 });
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 30, waiting: 0 });
  });

  it('lets the urgent go first, in order among themselves, whether they wait or not', async () => {
    const { ledger } = harness();
    const held = await hold(60);
    const plain = await new Waiter(ledger, 50).at(1, harness());
    await expect(hold(10)).rejects.toMatchObject({ code: 'budget' });
    await ledger.reserve({ scope: 'disk', amount: 10, holder: 'test', ttlMs: 3_600_000, urgent: true });
    const first = await new Waiter(ledger, 50, { urgent: true }).at(1, harness());
    const second = await new Waiter(ledger, 50, { urgent: true }).at(2, harness());
    await plain.at(3, harness());
    const overtaking = { scope: 'disk', amount: 1, holder: 'test', ttlMs: 3_600_000, urgent: true };
    await expect(ledger.reserve(overtaking)).rejects.toMatchObject({
      message: expect.stringContaining('2 wait before it'),
    });
    await ledger.release(held);
    const given = await first.settled(harness());
    await second.at(1, harness());
    await ledger.release(given as Reservation);
    expect(await second.settled(harness())).toMatchObject({ amount: 50 });
    plain.stop();
    expect(await plain.outcome).toBe('aborted');
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 60, waiting: 0 });
  });

  it('ends the waiting of who cannot say what it needs', async () => {
    const { ledger } = harness();
    await hold(100);
    const whenNext = () => Promise.reject(new CliptideError('space', 'the disk is full'));
    const waiter = await new Waiter(ledger, 50, { whenNext }).at(1, harness());
    expect(await waiter.settled(harness())).toBe('space');
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 100, waiting: 0 });
  });

  it('lets nobody overtake who waits, but lets holders extend', async () => {
    const { ledger } = harness();
    const held = await hold(70);
    const waiter = await new Waiter(ledger, 60).at(1, harness());
    await expect(hold(1)).rejects.toMatchObject({
      code: 'budget',
      message: expect.stringContaining('1 wait before it'),
    });
    expect(await ledger.extend(held, 30)).toMatchObject({ amount: 100 });
    waiter.stop();
    expect(await waiter.outcome).toBe('aborted');
  });

  it('refuses at once what can never fit, and after its time what did not', async () => {
    const { ledger, pass } = harness();
    expect(await new Waiter(ledger, 101).outcome).toBe('budget');
    expect(await new Waiter(ledger, 0, { scope: 'without a cap' }).outcome).toBe('budget');
    await hold(100);
    const waiter = await new Waiter(ledger, 1, { maxWaitMs: 2_000 }).at(1, harness());
    await pass(2_000);
    expect(await waiter.settled(harness())).toBe('budget');
    expect(await ledger.usage('disk')).toMatchObject({ reserved: 100, waiting: 0 });
  });

  it('lets the next come up when one is called off', async () => {
    const { ledger } = harness();
    await hold(50);
    const first = await new Waiter(ledger, 60).at(1, harness());
    const second = await new Waiter(ledger, 50).at(2, harness());
    first.stop();
    expect(await first.outcome).toBe('aborted');
    expect(await second.settled(harness())).toMatchObject({ amount: 50 });
  });

  it('is not held up by who died waiting', async () => {
    const { ledger, again, pass } = harness();
    await hold(50);
    const dying = await again();
    const dead = await new Waiter(dying, 60).at(1, harness());
    const second = await new Waiter(ledger, 50).at(2, harness());
    // It asks no more.
    await dying.close();
    expect(await dead.settled(harness())).not.toHaveProperty('amount');
    await pass(5_000);
    expect(await second.settled(harness())).toMatchObject({ amount: 50 });
  });

  it('gives who waits what a dead holder had', async () => {
    const { ledger } = harness();
    await hold(100, 3_000);
    const waiter = await new Waiter(ledger, 100).at(1, harness());
    expect(await waiter.settled(harness())).toMatchObject({ amount: 100 });
  });
}
