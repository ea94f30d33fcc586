import { randomUUID } from 'node:crypto';
import { blocksOf } from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import { overBudget } from '../../domain/quota.ts';
import type { CachedObject } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger, Reservation } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RoomRecord } from '../../ports/roomrecord.ts';
import { Allotment } from './allotment.ts';
import { type CacheRoom, holder, noRoom, ttlMs } from './room.ts';
import type { ObjectStore } from './store.ts';

/** Who is next looks so often for what was let go of, in whatever process. */
const lookEveryMs = 100;

export interface VisitParts {
  readonly room: CacheRoom;
  readonly store: Pick<ObjectStore, 'pin' | 'unpin'>;
  readonly ledger: QuotaLedger;
  readonly scope: string;
  readonly roomRecord?: RoomRecord;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who needs media. */
export interface Asker {
  readonly channelId: string;
  readonly streamId: string;
  /** For room, from its first look on. */
  readonly maxWaitMs: number;
  readonly signal: AbortSignal;
}

/** What is needed. */
export interface Wanted {
  readonly keys: readonly string[];
  /** Bytes that an object takes, as far as that is known; 0 where it is not. */
  readonly bytesOf: (key: string) => number;
}

export interface Entered {
  readonly present: ReadonlyMap<string, CachedObject>;
  readonly allotment: Allotment;
}

/** One lease on its way in. */
export class Visit {
  readonly #parts: VisitParts;
  readonly #promised: Map<string, number>;
  readonly #asker: Asker;
  readonly #wanted: Wanted;
  readonly #askId = randomUUID();
  readonly #sinceMs = performance.now();
  #present: ReadonlyMap<string, CachedObject> | undefined;
  #promises: readonly string[] = [];
  #bytes = 0;
  #tries = 0;
  #told: Promise<void> | undefined;

  constructor(parts: VisitParts, promised: Map<string, number>, asker: Asker, wanted: Wanted) {
    this.#parts = parts;
    this.#promised = promised;
    this.#asker = asker;
    this.#wanted = wanted;
  }

  get mayWait(): boolean {
    return this.#restMs > 0 && !this.#asker.signal.aborted;
  }

  get #restMs(): number {
    return Math.max(0, this.#asker.maxWaitMs - (performance.now() - this.#sinceMs));
  }

  /** Pins what is wanted and reserves what of it is missing; waits in the ledger's queue where that does not fit. */
  async enter(): Promise<Entered> {
    const { room } = this.#parts;
    await this.#look();
    if (this.#missing().length === 0) return this.#entered(new Allotment(room));
    return this.#entered(new Allotment(room, (await this.#atOnce()) ?? (await this.#inTurn())));
  }

  /** Lets go of what it has pinned. */
  async leave(): Promise<void> {
    const isHeld = this.#present !== undefined;
    this.#present = undefined;
    if (isHeld) await this.#parts.store.unpin(this.#wanted.keys);
  }

  /** Once all is there, or will not be. */
  async end(allotment: Allotment): Promise<void> {
    for (const key of this.#promises) {
      const others = (this.#promised.get(key) ?? 0) - 1;
      if (others > 0) this.#promised.set(key, others);
      else this.#promised.delete(key);
    }
    this.#promises = [];
    await allotment.close();
  }

  async tellRefused(reason: string): Promise<void> {
    await this.#told;
    await this.#parts.roomRecord?.refused(this.#asked, reason);
  }

  get #asked() {
    const { channelId, streamId } = this.#asker;
    return { askId: this.#askId, channelId, streamId, bytes: this.#bytes };
  }

  #entered(allotment: Allotment): Entered {
    if (allotment.isOpen) {
      this.#promises = this.#missing();
      for (const key of this.#promises) this.#promised.set(key, (this.#promised.get(key) ?? 0) + 1);
    }
    return { present: this.#present ?? new Map(), allotment };
  }

  /** Undefined where it has to wait, and may; it holds nothing then. */
  async #atOnce(): Promise<Reservation | undefined> {
    const { room, ledger, scope } = this.#parts;
    const usage = await ledger.usage(scope);
    const whole = this.#whole();
    // Before that it is an estimate: what seems to be larger than the cache has it to itself.
    if (++this.#tries > 1 && whole > usage.cap) {
      await this.leave();
      throw noRoom(scope, `for all ${whole} bytes of a lease`, overBudget(whole, usage));
    }
    try {
      return await room.allot(this.#measure(usage.cap));
    } catch (error) {
      await this.leave();
      if (!(error instanceof CliptideError) || error.code !== 'budget' || !this.mayWait) throw error;
      return undefined;
    }
  }

  async #inTurn(): Promise<Reservation> {
    const { ledger, scope, room } = this.#parts;
    const { signal } = this.#asker;
    const whenNext = () => this.#next();
    const onWait = (place: number) => this.#placed(place);
    const request = { scope, amount: this.#bytes, holder, ttlMs, maxWaitMs: this.#restMs, whenNext, onWait, signal };
    try {
      const reservation = await ledger.reserve(request);
      try {
        if (this.#present === undefined) await this.#look();
      } catch (error) {
        await room.release(reservation);
        throw error;
      }
      return reservation;
    } catch (error) {
      await this.leave();
      if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
      const seconds = ((performance.now() - this.#sinceMs) / 1000).toFixed(1);
      throw noRoom(scope, `for ${this.#bytes} bytes after a wait of ${seconds} s`, error);
    } finally {
      await this.#told;
    }
  }

  /** Who is next keeps what it needs from eviction, its own too: those at work let go of the rest. */
  async #next(): Promise<number> {
    const { room, clock, ledger, scope } = this.#parts;
    await this.#look();
    const amount = this.#measure((await ledger.usage(scope)).cap);
    if (!(await room.makeRoom(amount))) await clock.sleep(lookEveryMs, this.#asker.signal);
    return amount;
  }

  #placed(place: number): void {
    // One that was next, and slept, is not any more.
    if (place > 1) void this.leave();
    this.#told ??= this.#parts.roomRecord?.waiting(this.#asked, place).catch((error: unknown) => {
      this.#parts.logger.warn('A wait is not on the record', { scope: this.#parts.scope, error: String(error) });
    });
  }

  /** Pins, and sees what is there. */
  async #look(): Promise<void> {
    const { store } = this.#parts;
    const isHeld = this.#present !== undefined;
    this.#present = await store.pin(this.#wanted.keys, this.#asker.signal);
    if (isHeld) await store.unpin(this.#wanted.keys);
  }

  /** What is not there, and nobody else here is bringing. */
  #missing(): string[] {
    return this.#wanted.keys.filter((key) => !this.#present?.has(key) && !this.#promised.has(key));
  }

  #measure(cap: number): number {
    const bytes = this.#missing().reduce((sum, key) => sum + blocksOf(this.#wanted.bytesOf(key)), 0);
    this.#bytes = Math.min(bytes, cap);
    return this.#bytes;
  }

  /** Bytes of all that is wanted, there or not. */
  #whole(): number {
    const bytesOf = (key: string): number => this.#present?.get(key)?.bytes ?? this.#wanted.bytesOf(key);
    return this.#wanted.keys.reduce((sum, key) => sum + blocksOf(bytesOf(key)), 0);
  }
}
