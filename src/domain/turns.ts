import { CliptideError } from './errors.ts';

/** What comes of asking for room without waiting. */
export type Given<R> = { readonly given: R } | { readonly refused: CliptideError };

/** What comes of asking for room once: it is given or refused, or one stands in the queue (1 is next). */
export type Turn<R> = Given<R> | { readonly place: number };

/** A queue with tickets, of which the first only may take. */
export interface TurnQueue<R> {
  /** Takes so much, or renews the ticket and says its place; gives it up where it may not wait any more. */
  take(amount: number, mayWait: boolean): Promise<Turn<R>>;
  /** Gives the ticket up. */
  leave(): Promise<void>;
  /** Milliseconds of a clock that does not jump. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Waiting {
  readonly amount: number;
  readonly maxWaitMs?: number;
  readonly onWait?: (place: number) => void;
  /** Called before who is next asks again; resolves with the amount by then. */
  readonly whenNext?: () => Promise<number>;
  readonly signal?: AbortSignal;
}

/** A ticket that was not renewed for so many milliseconds is void: who held it is gone. */
export const ticketMs = 5_000;
/** Who is next asks so often; others wait as many times longer as they are behind, to a bound. */
const nextAsksMs = 25;
const longestMs = 500;

/** Asks until it is given or refused. Rejects with the refusal, or with `aborted`. */
export async function inTurn<R>(queue: TurnQueue<R>, waiting: Waiting): Promise<R> {
  const { maxWaitMs = 0, onWait, whenNext, signal } = waiting;
  const untilMs = queue.now() + maxWaitMs;
  let { amount } = waiting;
  let place = 0;
  try {
    while (true) {
      if (signal?.aborted) throw new CliptideError('aborted', 'stopped while waiting', { cause: signal.reason });
      if (place === 1 && whenNext !== undefined) amount = await whenNext();
      const turn = await queue.take(amount, queue.now() < untilMs);
      if ('given' in turn) return turn.given;
      if ('refused' in turn) throw turn.refused;
      if (turn.place !== place) onWait?.(turn.place);
      place = turn.place;
      const restMs = Math.max(0, untilMs - queue.now());
      await queue.sleep(Math.min(place * nextAsksMs, longestMs, restMs), signal);
    }
  } catch (error) {
    // One that cannot be given up now is void soon.
    if (place > 0) await queue.leave().catch(() => undefined);
    throw error;
  }
}
