import { CliptideError } from '../domain/errors.ts';
import { isLost } from '../domain/quota.ts';
import type { Clock } from '../ports/clock.ts';
import type { QuotaLedger, Reservation, ReserveRequest } from '../ports/ledger.ts';
import type { Reconciler } from './reconciler.ts';

/** A closed gate is looked at so often, and for so long. */
const lookEveryMs = 200;
const mostLooks = 150;

/** What was reserved here and is not settled. */
interface Own {
  readonly holder: string;
  readonly ttlMs: number;
  /** Of the process's monotonic clock. */
  readonly renewedAtMs: number;
}

/**
 * A ledger whose callers wait, for up to half a minute, while a scope that was lost is rebuilt, which the first of them
 * sees to. What this process had reserved there, and kept alive, is reserved again when it is next needed; holders that
 * slept past their lease stay fenced off. Once it is `stopped`, nobody waits any more for a scope that cannot be rebuilt
 * here.
 */
export function gatedLedger(
  ledger: QuotaLedger,
  reconciler: Reconciler,
  clock: Clock,
  stopped?: AbortSignal,
): QuotaLedger {
  const gate = new Gate(ledger, reconciler, clock, stopped);
  return {
    setCap: async (scope, cap) => {
      reconciler.capped(scope, cap);
      await ledger.setCap(scope, cap);
    },
    usage: (scope) => gate.pass(scope, () => ledger.usage(scope)),
    scopes: (prefix) => ledger.scopes(prefix),
    reserve: (request) => gate.reserve(request),
    extend: (reservation, more) => gate.extend(reservation, more),
    split: (reservation, amount) => gate.split(reservation, amount),
    commit: (reservation, actual) => gate.settle(reservation, (own) => ledger.commit(own, actual)),
    release: (reservation) => gate.settle(reservation, (own) => ledger.release(own)),
    releaseAllOf: (scope, holder) => gate.pass(scope, () => ledger.releaseAllOf(scope, holder)),
    refund: (scope, amount) => gate.refund(scope, amount),
    expire: () => ledger.expire(),
    reconcile: (scope, used) => ledger.reconcile(scope, used),
    correct: (was, used) => ledger.correct(was, used),
    remove: async (scope) => {
      await ledger.remove(scope);
      reconciler.dropped(scope);
    },
    close: () => ledger.close(),
  };
}

class Gate {
  readonly #ledger: QuotaLedger;
  readonly #reconciler: Reconciler;
  readonly #clock: Clock;
  readonly #stopped: AbortSignal | undefined;
  readonly #own = new Map<string, Own>();
  /** By the id that the caller knows. */
  readonly #again = new Map<string, Reservation>();

  constructor(ledger: QuotaLedger, reconciler: Reconciler, clock: Clock, stopped: AbortSignal | undefined) {
    this.#ledger = ledger;
    this.#reconciler = reconciler;
    this.#clock = clock;
    this.#stopped = stopped;
  }

  /** `call`, again once the scope is open; the last refusal when it stays closed. */
  async pass<T>(scope: string, call: () => Promise<T>): Promise<T> {
    for (let look = 1; ; look++) {
      try {
        return await call();
      } catch (error) {
        if (!isLost(error) || look === mostLooks) throw error;
        if (await this.#reconciler.rebuild(scope)) continue;
        if (this.#stopped?.aborted) throw error;
        await this.#clock.sleep(lookEveryMs);
      }
    }
  }

  async reserve(request: ReserveRequest): Promise<Reservation> {
    const reservation = await this.pass(request.scope, () => this.#ledger.reserve(request));
    this.#own.set(reservation.id, { ...request, renewedAtMs: performance.now() });
    return reservation;
  }

  async extend(reservation: Reservation, more: number): Promise<Reservation> {
    const longer = await this.#asHeld(reservation, (own) => this.#ledger.extend(own, more));
    const own = this.#own.get(longer.id);
    if (own !== undefined) this.#own.set(longer.id, { ...own, renewedAtMs: performance.now() });
    return longer;
  }

  async split(reservation: Reservation, amount: number): ReturnType<QuotaLedger['split']> {
    const { taken, rest } = await this.#asHeld(reservation, (held) => this.#ledger.split(held, amount));
    const own = this.#own.get(rest.id);
    const renewedAtMs = performance.now();
    if (own !== undefined) for (const { id } of [taken, rest]) this.#own.set(id, { ...own, renewedAtMs });
    return { taken, rest };
  }

  async settle(reservation: Reservation, call: (own: Reservation) => Promise<void>): Promise<void> {
    await this.#asHeld(reservation, call);
    for (const { id } of [reservation, this.#again.get(reservation.id) ?? reservation]) this.#own.delete(id);
    this.#again.delete(reservation.id);
  }

  /** What was gone before a rebuild was not counted by it. */
  async refund(scope: string, amount: number): Promise<void> {
    try {
      await this.#ledger.refund(scope, amount);
    } catch (error) {
      if (!isLost(error)) throw error;
      await this.pass(scope, () => this.#ledger.usage(scope));
    }
  }

  async #asHeld<T>(reservation: Reservation, call: (own: Reservation) => Promise<T>): Promise<T> {
    const { id, scope } = reservation;
    const current = this.#again.get(id) ?? reservation;
    try {
      return await this.pass(scope, () => call(current));
    } catch (error) {
      if (!(error instanceof CliptideError) || error.code !== 'fenced') throw error;
      const own = this.#own.get(current.id);
      this.#own.delete(current.id);
      if (own === undefined || !(await this.#wasRebuilt(current, own))) throw error;
      const again = await this.reserve({ scope, amount: current.amount, holder: own.holder, ttlMs: own.ttlMs });
      this.#again.set(id, again);
      return call(again);
    }
  }

  /** Tokens of a scope are larger than the generation in which they were given. */
  async #wasRebuilt({ scope, token }: Reservation, { renewedAtMs, ttlMs }: Own): Promise<boolean> {
    if (performance.now() - renewedAtMs >= ttlMs) return false;
    return (await this.pass(scope, () => this.#ledger.usage(scope))).generation > token;
  }
}
