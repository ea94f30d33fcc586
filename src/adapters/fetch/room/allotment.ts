import { blocksOf } from '../../../domain/budgets.ts';
import { isFenced } from '../../../domain/errors.ts';
import type { Reservation } from '../../../ports/ledger.ts';
import { WorkQueue } from '../queue.ts';
import { type CacheRoom, type Room, ttlMs } from './room.ts';

/**
 * Room that was reserved for all that a lease lacks, of which each object takes its part. What it does not cover is added
 * ahead of those who wait, since they wait for leases to end.
 */
export class Allotment implements Room {
  readonly #room: CacheRoom;
  readonly #turn = new WorkQueue(1);
  readonly #renewing: NodeJS.Timeout | undefined;
  /** What no object has taken yet; undefined where nothing was reserved, or it is over. */
  #rest: Reservation | undefined;

  constructor(room: CacheRoom, reservation: Reservation | undefined) {
    this.#room = room;
    this.#rest = reservation;
    if (reservation !== undefined) this.#renewing = setInterval(() => this.#renew(), ttlMs / 3).unref();
  }

  reserve(bytes: number): Promise<Reservation> {
    const amount = blocksOf(bytes);
    return this.#turn.run(async () => {
      try {
        const taken = await this.#take(amount);
        if (taken !== undefined) return taken;
      } catch (error) {
        // Its process slept past the lease: what was kept for it is gone.
        if (!isFenced(error)) throw error;
        this.#rest = undefined;
      }
      return this.#room.allot(amount, false);
    });
  }

  cover = (reservation: Reservation, bytes: number, sinceMs: number): Promise<Reservation> =>
    this.#room.cover(reservation, bytes, sinceMs);
  commit = (reservation: Reservation, bytes: number): Promise<void> => this.#room.commit(reservation, bytes);
  release = (reservation: Reservation): Promise<void> => this.#room.release(reservation);
  refund = (diskBytes: number): Promise<void> => this.#room.refund(diskBytes);

  /** Gives back what no object took. Fetches that go on for others find room by themselves. */
  async close(): Promise<void> {
    clearInterval(this.#renewing);
    await this.#turn.run(async () => {
      const rest = this.#rest;
      this.#rest = undefined;
      if (rest !== undefined) await this.#room.release(rest);
    });
  }

  async #take(amount: number): Promise<Reservation | undefined> {
    if (this.#rest === undefined) return undefined;
    const lacking = amount - this.#rest.amount;
    if (lacking > 0) this.#rest = await this.#room.extend(this.#rest, lacking);
    const { taken, rest } = await this.#room.split(this.#rest, amount);
    this.#rest = rest;
    return taken;
  }

  #renew(): void {
    void this.#turn.run(async () => {
      // One whose time is over shows when something is taken from it.
      if (this.#rest !== undefined) this.#rest = await this.#room.extend(this.#rest, 0).catch(() => this.#rest);
    });
  }
}
