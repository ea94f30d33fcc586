import { statfs, unlink } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger, Reservation } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { blocksOf, type CachedObject, type ObjectIndex } from './objects.ts';
import { WorkQueue } from './queue.ts';

export interface RoomOptions {
  readonly folder: string;
  readonly ledger: QuotaLedger;
  readonly scope: string;
  /** Bytes of the file system that stay free whatever the cap says. */
  readonly floorBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** After this long without a sign of life a writer counts as dead; each chunk that comes can be one. */
const ttlMs = 60_000;

/**
 * Space for files that are about to be written: under the scope's cap and above the disk's floor, made by evicting
 * what was used least recently and is not pinned. One request at a time, so that two do not evict for each other.
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #index: ObjectIndex;
  readonly #turn = new WorkQueue(1);
  readonly #evicting = new Map<string, Promise<void>>();
  #reservedBytes = 0;

  constructor(options: RoomOptions, index: ObjectIndex) {
    this.#options = options;
    this.#index = index;
  }

  /** Rejects with `space` or `budget`. */
  async reserve(bytes: number): Promise<Reservation> {
    const amount = blocksOf(bytes);
    const { ledger, scope } = this.#options;
    const request = { scope, amount, holder: 'media cache', ttlMs };
    const reservation = await this.#fit(amount, () => ledger.reserve(request));
    this.#reservedBytes += amount;
    return reservation;
  }

  /** The reservation, large enough for this many bytes and renewed when half its time is over. */
  async cover(reservation: Reservation, bytes: number): Promise<Reservation> {
    const more = blocksOf(bytes) - reservation.amount;
    if (more <= 0) {
      const isFresh = reservation.expiresAtMs - this.#options.clock.now() > ttlMs / 2;
      return isFresh ? reservation : this.#options.ledger.extend(reservation, 0);
    }
    const larger = await this.#fit(more, () => this.#options.ledger.extend(reservation, more));
    this.#reservedBytes += more;
    return larger;
  }

  async commit(reservation: Reservation, bytes: number): Promise<void> {
    await this.#options.ledger.commit(reservation, blocksOf(bytes));
    this.#reservedBytes -= reservation.amount;
  }

  async release(reservation: Reservation): Promise<void> {
    this.#reservedBytes -= reservation.amount;
    await this.#options.ledger.release(reservation).catch((error: unknown) => {
      if (!(error instanceof CliptideError && error.code === 'fenced')) throw error;
    });
  }

  /** Resolves once a file of this key that is being evicted is gone. */
  async evicted(key: string): Promise<void> {
    await this.#evicting.get(key);
  }

  /** Removes a file and gives its space back, in this order: the ledger may count too much, never too little. */
  async drop(object: CachedObject): Promise<void> {
    this.#index.remove(object.key);
    const gone = unlink(object.path)
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      })
      .then(() => this.#options.ledger.refund(this.#options.scope, blocksOf(object.bytes)));
    this.#evicting.set(object.key, gone);
    try {
      await gone;
    } finally {
      this.#evicting.delete(object.key);
    }
  }

  /** Evicts at least this many bytes, or what there is; resolves with the bytes that became free. */
  async evict(bytes: number): Promise<number> {
    let freed = 0;
    for (const object of this.#index.evictable()) {
      if (freed >= bytes) break;
      await this.drop(object);
      freed += blocksOf(object.bytes);
    }
    if (freed > 0) this.#options.logger.debug('Evicted cached media', { bytes: freed });
    return freed;
  }

  #fit<T>(amount: number, take: () => Promise<T>): Promise<T> {
    return this.#turn.run(async () => {
      await this.#checkDisk(amount);
      while (true) {
        try {
          return await take();
        } catch (error) {
          if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
          const lacking = await this.#lacking(amount);
          if (lacking > this.#evictableBytes()) throw this.#refusal(amount, error);
          await this.evict(lacking);
        }
      }
    });
  }

  #evictableBytes(): number {
    return this.#index.evictable().reduce((sum, object) => sum + blocksOf(object.bytes), 0);
  }

  async #lacking(amount: number): Promise<number> {
    const { cap, used, reserved } = await this.#options.ledger.usage(this.#options.scope);
    return Math.max(1, used + reserved + amount - cap);
  }

  /** What was reserved and may not be written yet counts as taken. */
  async #checkDisk(amount: number): Promise<void> {
    const { folder, floorBytes } = this.#options;
    const lacking = async () => {
      const { bavail, bsize } = await statfs(folder);
      return floorBytes + this.#reservedBytes + amount - bavail * bsize;
    };
    const first = await lacking();
    if (first <= 0) return;
    await this.evict(first);
    const left = await lacking();
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
    return new CliptideError('budget', `The media cache has no room for ${amount} bytes: ${cause.message}`, {
      where: this.#options.scope,
      hint: 'All that is cached is in use. Raise the cap of the media cache, or let fewer highlights run at once.',
      cause,
    });
  }
}
