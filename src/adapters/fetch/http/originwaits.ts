import type { IncomingMessage } from 'node:http';
import { CliptideError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { shown } from './address.ts';
import { askedToWaitMs } from './status.ts';

/** Longest that an origin is left alone, whatever it asks for. */
const mostMs = 5 * 60_000;

/**
 * Origins that asked (Retry-After) to be left alone for longer than a fetch waits. Whoever polls or tries again would
 * ask them all the same; so no request goes there before the time is over.
 */
export class OriginWaits {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #longestMs: number;
  readonly #until = new Map<string, number>();

  /** `longestMs`: a wait that a fetch itself waits for. */
  constructor(clock: Pick<Clock, 'now'>, longestMs: number) {
    this.#clock = clock;
    this.#longestMs = longestMs;
  }

  heed(url: URL, { statusCode = 0, headers }: IncomingMessage): void {
    const askedMs = askedToWaitMs(statusCode, headers);
    if (askedMs > this.#longestMs) this.#until.set(url.origin, this.#clock.now() + Math.min(askedMs, mostMs));
  }

  /** Throws `unavailable`, with how long it still is, where an origin is to be left alone. */
  mustBeOver(url: URL): void {
    const untilMs = this.#until.get(url.origin) ?? Number.NEGATIVE_INFINITY;
    const leftMs = untilMs - this.#clock.now();
    // Longer than it can be: the clock was set back meanwhile.
    if (leftMs <= 0 || leftMs > mostMs) {
      this.#until.delete(url.origin);
      return;
    }
    const until = new Date(untilMs).toISOString();
    throw new CliptideError(
      'unavailable',
      `${url.host} asked to wait until ${until}: ${shown(url)} is not asked before`,
      {
        where: shown(url),
        hint: 'Try again later; the server is asked too often.',
        cause: { retryAfterMs: leftMs },
      },
    );
  }
}
