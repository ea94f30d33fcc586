import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import { tailScope } from '../../domain/scopes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger, Reservation } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ArchiveView, Lease, MediaCache } from '../../ports/mediacache.ts';
import { type TailSettings, tailOf } from './wanted.ts';

export interface TailParts {
  readonly cache: MediaCache;
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: TailSettings;
}

interface Held {
  readonly lease: Lease;
  readonly reservation: Reservation;
}

/** Bytes of a segment before the first one of its stream is known: two seconds at 8 Mb/s. */
const firstGuess = 2_000_000;
/** So often a segment that is away for now is asked for again. */
const mostTries = 3;
/** A segment that takes longer goes on coming beside those after it, which would slide out meanwhile. */
const patienceMs = 2_000;
const mostSlow = 4;

/** The leases that keep one broadcast's newest segments, each under a reservation of its channel's budget. */
export class StreamTail {
  readonly #parts: TailParts;
  readonly #scope: string;
  readonly #held = new Map<number, Held>();
  readonly #tries = new Map<number, number>();
  /** Segments that are still coming while others are asked for. */
  readonly #slow = new Map<number, Promise<void>>();
  readonly #closed = new AbortController();
  #guess: number;
  #isShort = false;
  /** Whether the last segment that was asked for did not come. */
  #isMissing = false;

  constructor(parts: TailParts, channelId: string) {
    this.#parts = parts;
    this.#scope = tailScope(channelId);
    this.#guess = Math.min(firstGuess, parts.settings.capBytes);
  }

  /** Bytes that it keeps. */
  get bytes(): number {
    return [...this.#held.values()].reduce((sum, { reservation }) => sum + reservation.amount, 0);
  }

  /** Lets go of what is older than the tail, and fetches what is new, the oldest first: it is the first to slide out. */
  async follow(view: ArchiveView, signal: AbortSignal): Promise<void> {
    const wanted = tailOf(view, this.#parts.settings.seconds);
    const numbers = new Set(wanted.map(({ sequence }) => sequence));
    for (const sequence of [...this.#held.keys()]) if (!numbers.has(sequence)) await this.#letGo(sequence);
    for (const sequence of [...this.#tries.keys()]) if (!numbers.has(sequence)) this.#tries.delete(sequence);
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    for (const segment of wanted) {
      if (ended.aborted || this.#slow.size >= mostSlow) return;
      const { sequence } = segment;
      if (this.#held.has(sequence) || this.#slow.has(sequence)) continue;
      await this.#patiently(sequence, this.#take(view, segment, ended));
    }
  }

  /** Resolves when no segment is coming. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#slow.values());
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.idle();
    for (const sequence of [...this.#held.keys()]) await this.#letGo(sequence);
  }

  /** Waits until a segment is there, or has taken so long that the next ones are asked for. */
  async #patiently(sequence: number, taking: Promise<void>): Promise<void> {
    const arrived = new AbortController();
    const late = this.#parts.clock.sleep(patienceMs, arrived.signal).then(
      () => true,
      () => false,
    );
    const isLate = await Promise.race([late, taking.then(() => false)]).finally(() => arrived.abort());
    if (!isLate) return;
    const coming = taking
      .catch((error: unknown) => {
        const { code, message } = toCliptideError(error);
        if (code === 'aborted') return;
        this.#parts.logger.warn('A segment of a tail is not kept', { scope: this.#scope, sequence, code, message });
      })
      .finally(() => this.#slow.delete(sequence));
    this.#slow.set(sequence, coming);
  }

  async #take(view: ArchiveView, segment: ArchiveSegment, signal: AbortSignal): Promise<void> {
    const { sequence, startMs, durationMs } = segment;
    const tries = this.#tries.get(sequence) ?? 0;
    if (tries >= mostTries) return;
    this.#tries.set(sequence, tries + 1);
    const reservation = await this.#reserve(this.#guess, sequence);
    if (reservation === undefined) return;
    try {
      // The middle of it, so that rounding does not reach its neighbours.
      const span = { fromMs: startMs + durationMs / 4, toMs: startMs + (durationMs * 3) / 4 };
      const lease = await this.#parts.cache.lease({ archive: view, ...span, purpose: 'tail', signal });
      this.#guess = Math.max(1, lease.bytesNeeded);
      const exact = await this.#exactly(reservation, lease.bytesNeeded, sequence);
      if (exact === undefined) await lease.release();
      else this.#held.set(sequence, { lease, reservation: exact });
      this.#isMissing = false;
    } catch (error) {
      await this.#release(reservation);
      this.#missed(error, view, sequence);
    }
  }

  /** A reservation of what a segment really took, in place of the guess. */
  async #exactly(guess: Reservation, bytes: number, sequence: number): Promise<Reservation | undefined> {
    if (guess.amount === bytes) return guess;
    await this.#release(guess);
    return this.#reserve(bytes, sequence);
  }

  /** Where the budget is full the oldest segments go; undefined where nothing older is left to let go. */
  async #reserve(amount: number, sequence: number): Promise<Reservation | undefined> {
    const { ledger, settings } = this.#parts;
    // Whoever holds it renews nothing: it lasts longer than a segment is kept.
    const ttlMs = settings.seconds * 2_000 + 60_000;
    while (true) {
      try {
        return await ledger.reserve({ scope: this.#scope, amount, holder: 'tail', ttlMs });
      } catch (error) {
        if (!(error instanceof CliptideError) || error.code !== 'budget') throw error;
        // What came late is not the newest.
        const oldest = Math.min(...this.#held.keys());
        this.#tellShort();
        if (oldest > sequence) return undefined;
        await this.#letGo(oldest);
        this.#tries.set(oldest, mostTries);
      }
    }
  }

  async #letGo(sequence: number): Promise<void> {
    const held = this.#held.get(sequence);
    this.#held.delete(sequence);
    if (held === undefined) return;
    await held.lease.release();
    await this.#release(held.reservation);
  }

  async #release(reservation: Reservation): Promise<void> {
    await this.#parts.ledger.release(reservation).catch((error: unknown) => {
      if (toCliptideError(error).code !== 'fenced') throw error;
    });
  }

  #missed(error: unknown, { streamId, channelId }: ArchiveView, sequence: number): void {
    const { code, message } = toCliptideError(error);
    if (code === 'aborted') return;
    if (code === 'media-gone' || code === 'media') this.#tries.set(sequence, mostTries);
    const what = { streamId, channelId, sequence, code, message };
    // Of many in a row one tells.
    if (this.#isMissing) this.#parts.logger.debug('Another segment is missing in the tail', what);
    else this.#parts.logger.warn('A segment is missing in the tail: a clip of it could not be cut', what);
    this.#isMissing = true;
  }

  #tellShort(): void {
    if (this.#isShort) return;
    this.#isShort = true;
    const { capBytes, seconds } = this.#parts.settings;
    this.#parts.logger.warn('The tail of a channel is shorter than it should be: its budget is full', {
      scope: this.#scope,
      capBytes,
      seconds,
      hint: 'raise tail.capBytes, or take a rendition of fewer bits a second',
    });
  }
}
