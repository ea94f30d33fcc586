import { statfs } from 'node:fs/promises';
import { blocksOf } from '../../../domain/budgets.ts';
import { CliptideError } from '../../../domain/errors.ts';
import { fits } from '../../../domain/quota.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { QuotaLedger, Reservation, ScopeUsage } from '../../../ports/ledger.ts';
import { WorkQueue } from '../queue.ts';
import { holderOf, type Recovery } from '../recover.ts';
import { Eviction, type EvictionOptions } from './evict.ts';

export interface RoomOptions extends EvictionOptions {
  /** Bytes of the file system that stay free whatever the cap says. */
  readonly floorBytes: number;
  readonly clock: Clock;
}

/** Space for a file that is about to be written. */
export interface Room {
  /** Rejects with `space` or `budget`. */
  reserve(bytes: number): Promise<Reservation>;
  /** The reservation, large enough for this many bytes and renewed when half its time is over since it last was. */
  cover(reservation: Reservation, bytes: number, sinceMs: number): Promise<Reservation>;
  commit(reservation: Reservation, bytes: number): Promise<void>;
  release(reservation: Reservation): Promise<void>;
  refund(diskBytes: number): Promise<void>;
}

/** After this long without a sign of life a writer counts as dead; each chunk that comes can be one. */
export const ttlMs = 60_000;
/** Eviction goes on down to this share of the cap, so that not every segment has to evict. */
const lowWater = 0.9;
export const lowWaterOf = (cap: number): number => Math.floor(cap * lowWater);
/** How often one waits for what other processes are evicting. */
const mostTurns = 100;

/**
 * Space under the scope's cap and above the disk's floor, made by evicting. One request at a time, so that two do not
 * evict for each other; none of them waits for a lease to end.
 */
export class CacheRoom implements Room {
  readonly #options: RoomOptions;
  readonly #recovery: Recovery;
  readonly #eviction: Eviction;
  readonly #turn = new WorkQueue(1);
  /** As the ledger knows this process. */
  readonly holder: string;

  constructor(options: RoomOptions, recovery: Recovery) {
    this.#options = options;
    this.holder = holderOf(options.catalog.owner);
    this.#recovery = recovery;
    this.#eviction = new Eviction(options, recovery);
  }

  reserve(bytes: number): Promise<Reservation> {
    return this.allot(blocksOf(bytes), false);
  }

  /** So many bytes of blocks. Where others wait for room only the urgent overtakes them, those who are not. */
  allot(amount: number, urgent: boolean): Promise<Reservation> {
    const { ledger, scope } = this.#options;
    const reserve = () => ledger.reserve({ scope, amount, holder: this.holder, ttlMs, urgent });
    return this.#fit(amount, (usage) => usage.waiting > 0 && (!urgent || fits(amount, usage)), reserve);
  }

  /** Adds bytes of blocks to a reservation, ahead of those who wait. */
  extend(reservation: Reservation, more: number): Promise<Reservation> {
    const { ledger } = this.#options;
    return more > 0
      ? this.#fit(
          more,
          () => false,
          () => ledger.extend(reservation, more),
        )
      : ledger.extend(reservation, 0);
  }

  split(reservation: Reservation, amount: number): ReturnType<QuotaLedger['split']> {
    return this.#options.ledger.split(reservation, amount);
  }

  async cover(reservation: Reservation, bytes: number, sinceMs: number): Promise<Reservation> {
    const more = Math.max(0, blocksOf(bytes) - reservation.amount);
    return more === 0 && sinceMs < ttlMs / 2 ? reservation : this.extend(reservation, more);
  }

  commit(reservation: Reservation, bytes: number): Promise<void> {
    return this.#options.ledger.commit(reservation, blocksOf(bytes));
  }

  /** On a disk that is full the ledger may have to be told later. */
  release(reservation: Reservation): Promise<void> {
    return this.#recovery.surely(() =>
      this.#options.ledger.release(reservation).catch((error: unknown) => {
        if (!(error instanceof CliptideError && error.code === 'fenced')) throw error;
      }),
    );
  }

  refund(diskBytes: number): Promise<void> {
    return this.#options.ledger.refund(this.#options.scope, diskBytes);
  }

  evict(least: number, most: number = least): Promise<number> {
    return this.#eviction.evict(least, most);
  }

  /** For who is next in the queue: whether so many bytes fit now, or may at the next look. Rejects with `space`. */
  makeRoom(amount: number): Promise<boolean> {
    return this.#turn.run(async () => {
      await this.#checkDisk(amount);
      const usage = await this.#options.ledger.usage(this.#options.scope);
      return fits(amount, usage) || this.#evictFor(amount, usage);
    });
  }

  /** `isQueued` says whether it was refused for the sake of those who wait. */
  #fit<T>(amount: number, isQueued: (usage: ScopeUsage) => boolean, take: () => Promise<T>): Promise<T> {
    const { ledger, scope } = this.#options;
    return this.#turn.run(async () => {
      await this.#checkDisk(amount);
      for (let turns = 0; ; turns++) {
        try {
          return await take();
        } catch (error) {
          if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
          const usage = await ledger.usage(scope);
          const isStuck = turns >= mostTurns || isQueued(usage);
          if (isStuck || !(await this.#evictFor(amount, usage))) throw this.#refusal(amount, error);
        }
      }
    });
  }

  /** Whether trying again may help: something was evicted or given back, or another process is about to. */
  async #evictFor(amount: number, { cap, used, reserved }: ScopeUsage): Promise<boolean> {
    const { ledger, clock } = this.#options;
    const after = used + reserved + amount;
    const least = Math.max(1, after - cap);
    const most = after - lowWaterOf(cap);
    const { freed, underWay } = await this.#eviction.batch({ needed: least, least, most });
    if (freed > 0) {
      await this.evict(least - freed, most - freed);
      return true;
    }
    if ((await ledger.expire()).length > 0) return true;
    if (await this.#recovery.reap()) return true;
    if (underWay) await clock.sleep(25 + Math.random() * 75);
    return underWay;
  }

  /** What any process has reserved and may not have written yet counts as taken. */
  async #checkDisk(amount: number): Promise<void> {
    const { folder, floorBytes, ledger, scope } = this.#options;
    const lacking = async () => {
      const [{ bavail, bsize }, { reserved }] = await Promise.all([statfs(folder), ledger.usage(scope)]);
      return floorBytes + reserved + amount - bavail * bsize;
    };
    let left = await lacking();
    // The disk has other users, and evicting writes to the catalog and the ledger, which may lie there too.
    while (left > 0 && (await this.evict(left)) > 0) left = await lacking();
    if (left <= 0) return;
    throw new CliptideError(
      'space',
      `The disk lacks ${left} bytes for ${amount} more above its floor of ${floorBytes}`,
      {
        where: folder,
        hint: 'Free some space, choose another data folder, or lower the floor.',
      },
    );
  }

  #refusal(amount: number, cause: CliptideError): CliptideError {
    return noRoom(this.#options.scope, `for ${amount} bytes`, cause);
  }
}

export function noRoom(scope: string, what: string, cause: CliptideError): CliptideError {
  return new CliptideError('budget', `The media cache has no room ${what}: ${cause.message}`, {
    where: scope,
    hint: 'All that is cached is in use. Raise the cap of the media cache, or let fewer highlights run at once.',
    cause,
  });
}
