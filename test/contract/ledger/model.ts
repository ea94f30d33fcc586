import type { Reservation } from '../../../src/ports/ledger.ts';

export interface Held {
  readonly reservation: Reservation;
  readonly ttlMs: number;
  amount: number;
  expiresAtMs: number;
}

/** Someone in the queue of a scope. */
export interface Waiting {
  readonly amount: number;
  readonly ttlMs: number;
  readonly stopping: AbortController;
  /** The reservation, or the code of the error. */
  readonly outcome: Promise<Reservation | string>;
  settled: Reservation | string | undefined;
}

interface Scope {
  cap: number;
  used: number;
  token: number;
  queue: Waiting[];
}

/** What a ledger should hold, as plainly as it can be said. */
export class LedgerModel {
  nowMs = 0;
  readonly scopes = new Map<string, Scope>();
  /** Every reservation that was ever given; those that are over stay, to be tried again. */
  readonly given: Held[] = [];
  readonly open = new Set<Held>();
  /** Given back for somebody who lacked room; nobody was told yet. */
  readonly givenBack = new Set<Held>();

  scope(name: string): Scope {
    const known = this.scopes.get(name) ?? { cap: 0, used: 0, token: 0, queue: [] };
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

  /** Whether it fits; where it does not, once the dead have given back what they had. */
  hasRoom(name: string, amount: number, but?: Held): boolean {
    if (!this.fits(name, amount)) this.giveBack((held) => held.reservation.scope === name && held !== but);
    return this.fits(name, amount);
  }

  giveBack(isMeant: (held: Held) => boolean): void {
    for (const held of [...this.open]) {
      if (held.expiresAtMs > this.nowMs || !isMeant(held)) continue;
      this.open.delete(held);
      this.givenBack.add(held);
    }
  }

  take(reservation: Reservation, ttlMs: number): void {
    const held = { reservation, ttlMs, amount: reservation.amount, expiresAtMs: this.nowMs + ttlMs };
    this.given.push(held);
    this.open.add(held);
  }

  /** Who waits for nothing any more, since the scope is gone or will be. */
  async callOff(): Promise<void> {
    for (const { queue } of this.scopes.values()) {
      for (const waiting of queue.splice(0)) {
        waiting.stopping.abort();
        await waiting.outcome;
      }
    }
  }
}
