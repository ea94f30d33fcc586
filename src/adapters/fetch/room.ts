import { statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { blocksOf } from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { CacheCatalog, CachedObject, Wanted } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger, Reservation } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { WorkQueue } from './queue.ts';
import { holderOf, type Recovery } from './recover.ts';

export interface RoomOptions {
  readonly folder: string;
  readonly ledger: QuotaLedger;
  readonly scope: string;
  readonly catalog: CacheCatalog;
  /** Bytes of the file system that stay free whatever the cap says. */
  readonly floorBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** After this long without a sign of life a writer counts as dead; each chunk that comes can be one. */
const ttlMs = 60_000;
/** Eviction goes on down to this share of the cap, so that not every segment has to evict. */
const lowWater = 0.9;
export const lowWaterOf = (cap: number): number => Math.floor(cap * lowWater);
/** How often one waits for what other processes are evicting. */
const mostTurns = 100;

/**
 * Space for files that are about to be written: under the scope's cap and above the disk's floor, made by evicting
 * what was used least recently and is not pinned. One request at a time, so that two do not evict for each other.
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #recovery: Recovery;
  readonly #turn = new WorkQueue(1);

  constructor(options: RoomOptions, recovery: Recovery) {
    this.#options = options;
    this.#recovery = recovery;
  }

  /** Rejects with `space` or `budget`. */
  reserve(bytes: number): Promise<Reservation> {
    const amount = blocksOf(bytes);
    const { ledger, scope, catalog } = this.#options;
    const holder = holderOf(catalog.owner);
    return this.#fit(amount, () => ledger.reserve({ scope, amount, holder, ttlMs }));
  }

  /** The reservation, large enough for this many bytes and renewed when half its time is over since it last was. */
  async cover(reservation: Reservation, bytes: number, sinceMs: number): Promise<Reservation> {
    const { ledger } = this.#options;
    const more = blocksOf(bytes) - reservation.amount;
    if (more > 0) return this.#fit(more, () => ledger.extend(reservation, more));
    return sinceMs < ttlMs / 2 ? reservation : ledger.extend(reservation, 0);
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

  /** Evicts at least this many bytes, or what there is, and at most so many beyond; resolves with what became free. */
  async evict(least: number, most: number = least): Promise<number> {
    let freed = 0;
    while (freed < Math.max(least, most)) {
      const batch = await this.#evictBatch({ needed: 0, least: least - freed, most: most - freed });
      if (batch.freed === 0) break;
      freed += batch.freed;
    }
    if (freed > 0) this.#options.logger.debug('Evicted cached media', { bytes: freed });
    return freed;
  }

  /** Files go first, then their space is given back: the ledger may count too much, never too little. */
  #evictBatch(wanted: Wanted): Promise<{ readonly freed: number; readonly underWay: boolean }> {
    const { catalog, folder } = this.#options;
    return catalog.settling(async () => {
      const { marked, underWay } = await catalog.victims(wanted);
      if (marked.length === 0) return { freed: 0, underWay };
      const isGone = await Promise.all(marked.map(({ name }) => removed(path.join(folder, name))));
      const gone = marked.filter((_, index) => isGone[index]);
      const freed = gone.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
      try {
        await this.refund(freed);
      } finally {
        const keys = (objects: readonly CachedObject[]) => objects.map(({ key }) => key);
        const kept = marked.filter((_, index) => !isGone[index]);
        await this.#recovery.surely(() => catalog.evicted(keys(gone), keys(kept)));
      }
      return { freed, underWay };
    });
  }

  #fit<T>(amount: number, take: () => Promise<T>): Promise<T> {
    return this.#turn.run(async () => {
      await this.#checkDisk(amount);
      for (let turns = 0; ; turns++) {
        try {
          return await take();
        } catch (error) {
          if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
          if (turns >= mostTurns || !(await this.#makeRoom(amount))) throw this.#refusal(amount, error);
        }
      }
    });
  }

  /** Whether trying again may help: something was evicted or given back, or another process is about to. */
  async #makeRoom(amount: number): Promise<boolean> {
    const { ledger, scope, clock } = this.#options;
    const { cap, used, reserved } = await ledger.usage(scope);
    const after = used + reserved + amount;
    const least = Math.max(1, after - cap);
    const most = after - lowWaterOf(cap);
    const { freed, underWay } = await this.#evictBatch({ needed: least, least, most });
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
    return new CliptideError('budget', `The media cache has no room for ${amount} bytes: ${cause.message}`, {
      where: this.#options.scope,
      hint: 'All that is cached is in use. Raise the cap of the media cache, or let fewer highlights run at once.',
      cause,
    });
  }
}

/** Whether the file is gone now. */
async function removed(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
