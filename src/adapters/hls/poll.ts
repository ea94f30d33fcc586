import { CliptideError, isRefused, isTransient, toCliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PlaylistSource, ReadPlaylist } from './source.ts';

/** How long an origin may be away before following it is given up, in milliseconds. */
export const patienceMs = 15 * 60_000;
/** The playlist has not been there for so long, and so many times in a row, before the broadcast counts as over. */
const goneMs = 60_000;
const goneTimes = 5;
const longestWaitMs = 30_000;

/** What a poll gave. `gone`: the playlist was removed, as platforms do after a broadcast. */
export type Polled = ReadPlaylist | 'unchanged' | 'gone';

/**
 * Asks a playlist again until an answer comes: waits longer after each failure, gives up with `unavailable` after
 * fifteen minutes without one.
 */
export class Poller {
  readonly #source: PlaylistSource;
  readonly #time: Clock;
  readonly #logger: Logger;
  #answeredAtMs: number;
  #failures = 0;
  #gone = 0;

  constructor(source: PlaylistSource, time: Clock, logger: Logger) {
    this.#source = source;
    this.#time = time;
    this.#logger = logger;
    this.#answeredAtMs = time.now();
  }

  async poll(signal: AbortSignal | undefined): Promise<Polled> {
    try {
      const read = await this.#source.reload(signal);
      this.#answeredAtMs = this.#time.now();
      this.#failures = 0;
      this.#gone = 0;
      return read;
    } catch (error) {
      return this.#failed(toCliptideError(error));
    }
  }

  /** How long to wait before the next poll, around a tenth more or less so that many watchers do not ask at once. */
  waitMs(targetDurationMs: number, isChanged: boolean): number {
    const base = isChanged ? targetDurationMs : targetDurationMs / 2;
    const backedOff = Math.min(base * 2 ** Math.min(this.#failures, 8), Math.max(longestWaitMs, base));
    return backedOff * (0.9 + Math.random() * 0.2);
  }

  #failed(error: CliptideError): 'unchanged' | 'gone' {
    // A token that has expired says nothing of the broadcast.
    const isGone = error.code === 'media-gone' && !isRefused(error);
    // Half a playlist, or an error page in its place, is for the origin to put right.
    const isToPass = isTransient(error) || isRefused(error) || error.code === 'input';
    if (!isGone && !isToPass) throw error;
    this.#failures += 1;
    this.#gone = isGone ? this.#gone + 1 : 0;
    this.#logger.warn('The playlist could not be read; trying again', {
      uri: error.where,
      failures: this.#failures,
      reason: error.message,
    });
    const awayMs = this.#time.now() - this.#answeredAtMs;
    if (this.#gone >= goneTimes && awayMs >= goneMs) return 'gone';
    if (awayMs <= patienceMs) return 'unchanged';
    throw new CliptideError('unavailable', `No playlist for ${Math.round(awayMs / 1000)} s: ${error.message}`, {
      cause: error,
      ...(error.where === undefined ? {} : { where: error.where }),
      hint: 'Check the address, its token and the origin; started again, following goes on where it was.',
    });
  }
}
