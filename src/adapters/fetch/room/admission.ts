import { CliptideError, isSpace, toCliptideError } from '../../../domain/errors.ts';
import type { CachedObject } from '../../../ports/cachecatalog.ts';
import { WorkQueue } from '../queue.ts';
import type { ObjectStore } from '../store.ts';
import { Holding, type Wanted } from './holding.ts';
import type { Room } from './room.ts';
import { type Asker, Visit, type VisitParts } from './visit.ts';

/** A lease whose media turned out larger than was thought stands in line again, but not for ever. */
const mostTries = 4;

/**
 * Lets leases at the cache, each with room for all that it lacks, so that none begins what it cannot end. Whoever has to
 * wait holds nothing meanwhile, but for who is next; so those at work end, and the next has what they let go. Two that
 * would hold half of the cache each, and wait for the other half, cannot be.
 */
export class Admission {
  readonly #parts: VisitParts;
  readonly #store: Pick<ObjectStore, 'pin' | 'unpin'>;
  /** Objects that somebody here has room for, and is bringing. */
  readonly #promised = new Map<string, number>();

  constructor(parts: Omit<VisitParts, 'door'>, store: Pick<ObjectStore, 'pin' | 'unpin'>) {
    this.#parts = { ...parts, door: new WorkQueue(1) };
    this.#store = store;
  }

  /**
   * Works with the keys pinned, what of them is there, and room for the rest. Afterwards they stay pinned; where it failed
   * they are not. Work that finds no room lets go of all, and is done again after a wait. Rejects with what the work
   * does, and with `budget` or `space`, which are on the record.
   */
  async run<T>(
    asker: Asker,
    wanted: Wanted,
    work: (present: ReadonlyMap<string, CachedObject>, room: Room) => Promise<T>,
  ): Promise<T> {
    const visit = new Visit(this.#parts, asker, new Holding(this.#store, this.#promised, wanted, asker.signal));
    try {
      for (let tries = 1; ; tries++) {
        const { present, allotment } = await visit.enter();
        try {
          return await work(present, allotment);
        } catch (error) {
          await visit.leave();
          if (tries === mostTries || !visit.mayWait || !this.#isFull(error)) throw error;
        } finally {
          await visit.end(allotment);
        }
      }
    } catch (error) {
      if (this.#isFull(error) || isSpace(error)) await visit.tellRefused(toCliptideError(error).message);
      throw error;
    }
  }

  #isFull(error: unknown): boolean {
    return error instanceof CliptideError && error.code === 'budget' && error.where === this.#parts.scope;
  }
}
