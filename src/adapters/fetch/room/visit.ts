import { randomUUID } from 'node:crypto';
import { CliptideError } from '../../../domain/errors.ts';
import { overBudget } from '../../../domain/quota.ts';
import type { CachedObject } from '../../../ports/cachecatalog.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { QuotaLedger, Reservation } from '../../../ports/ledger.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { RoomRecord } from '../../../ports/roomrecord.ts';
import type { WorkQueue } from '../queue.ts';
import { Allotment } from './allotment.ts';
import type { Holding } from './holding.ts';
import { type CacheRoom, noRoom, ttlMs } from './room.ts';

/** Who is next looks so often for what was let go of, in whatever process. */
const lookEveryMs = 100;

export interface VisitParts {
  readonly room: CacheRoom;
  /** Lets one at a time look and reserve, so that two do not reserve for the same object. */
  readonly door: WorkQueue;
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
  /** Whether it goes ahead of those who are not. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
}

export interface Entered {
  readonly present: ReadonlyMap<string, CachedObject>;
  readonly allotment: Allotment;
}

/** One lease on its way in. */
export class Visit {
  readonly #parts: VisitParts;
  readonly #asker: Asker;
  readonly #holding: Holding;
  readonly #askId = randomUUID();
  readonly #sinceMs = performance.now();
  #bytes = 0;
  #tries = 0;
  #reservation: Reservation | undefined;
  #told: Promise<void> | undefined;

  constructor(parts: VisitParts, asker: Asker, holding: Holding) {
    this.#parts = parts;
    this.#asker = asker;
    this.#holding = holding;
  }

  get mayWait(): boolean {
    return this.#restMs > 0 && !this.#asker.signal.aborted;
  }

  get #restMs(): number {
    return Math.max(0, this.#asker.maxWaitMs - (performance.now() - this.#sinceMs));
  }

  /** Pins what is wanted and reserves what of it is missing; waits in the ledger's queue where that does not fit. */
  async enter(): Promise<Entered> {
    const { room, door } = this.#parts;
    const holding = this.#holding;
    await holding.look();
    try {
      const isOpen = holding.missing().length === 0 || (await door.run(() => this.#atOnce()));
      if (!isOpen) await this.#inTurn();
    } catch (error) {
      await this.leave();
      throw error;
    }
    const allotment = new Allotment(room, this.#reservation);
    this.#reservation = undefined;
    return { present: holding.present, allotment };
  }

  leave(): Promise<void> {
    return this.#holding.leave();
  }

  /** Once all is there, or will not be. */
  async end(allotment: Allotment): Promise<void> {
    this.#holding.keepPromises();
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

  /** False where it has to wait, and may; it holds nothing then. */
  async #atOnce(): Promise<boolean> {
    const { room, ledger, scope } = this.#parts;
    await this.#holding.look();
    if (this.#holding.missing().length === 0) return true;
    const usage = await ledger.usage(scope);
    const whole = this.#holding.whole();
    // Before that it is an estimate: what seems to be larger than the cache has it to itself.
    if (++this.#tries > 1 && whole > usage.cap) {
      throw noRoom(scope, `for all ${whole} bytes of a lease`, overBudget(whole, usage));
    }
    this.#bytes = this.#holding.lacking(usage.cap);
    try {
      this.#given(await room.allot(this.#bytes, this.#asker.urgent));
      return true;
    } catch (error) {
      if (!(error instanceof CliptideError) || error.code !== 'budget' || !this.mayWait) throw error;
      await this.leave();
      return false;
    }
  }

  #given(reservation: Reservation): void {
    this.#reservation = reservation;
    this.#holding.promise();
  }

  async #inTurn(): Promise<void> {
    const { ledger, scope, room } = this.#parts;
    const { signal, urgent } = this.#asker;
    const whenNext = () => this.#next();
    const onWait = (place: number) => this.#placed(place);
    const waits = { maxWaitMs: this.#restMs, urgent, whenNext, onWait, signal };
    const request = { scope, amount: this.#bytes, holder: room.holder, ttlMs, ...waits };
    try {
      const reservation = await ledger.reserve(request);
      try {
        if (!this.#holding.isHeld) await this.#holding.look();
      } catch (error) {
        await room.release(reservation);
        throw error;
      }
      this.#given(reservation);
    } catch (error) {
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
    await this.#holding.look();
    this.#bytes = this.#holding.lacking((await ledger.usage(scope)).cap);
    if (!(await room.makeRoom(this.#bytes))) await clock.sleep(lookEveryMs, this.#asker.signal);
    return this.#bytes;
  }

  #placed(place: number): void {
    const { roomRecord, logger, scope } = this.#parts;
    // One that was next, and slept, is not any more.
    if (place > 1) void this.leave();
    this.#told ??= roomRecord?.waiting(this.#asked, place).catch((error: unknown) => {
      logger.warn('A wait is not on the record', { scope, error: String(error) });
    });
  }
}
