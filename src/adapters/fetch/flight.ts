import { CliptideError } from '../../domain/errors.ts';
import type { Patience } from './together.ts';

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
  hasBegun: boolean;
  isOver: boolean;
}

type Work<T> = (signal: AbortSignal, begun: () => void) => Promise<T>;

/**
 * Runs at most one piece of work a key: who asks meanwhile waits for the same result or the same error. The work is
 * aborted when all who wait for it have gone; it says when it has begun what would be asked for again.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #working = new Map<string, Promise<unknown>>();

  async run(key: string, patience: Patience, work: Work<T>): Promise<T> {
    if (patience.untilBegun.aborted) throw aborted();
    const flight = this.#flights.get(key) ?? this.#begin(key, work);
    flight.waiting += 1;
    try {
      return await orAborted(flight, patience);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        if (!flight.isOver) flight.controller.abort();
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      }
    }
  }

  /** Resolves when no work is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#working.values());
  }

  #begin(key: string, work: Work<T>): Flight<T> {
    const controller = new AbortController();
    // A new flight for the same key waits for the one that was given up, so that two never write one file.
    const result = this.#settled(key).then(() =>
      work(controller.signal, () => {
        flight.hasBegun = true;
      }),
    );
    const flight: Flight<T> = { result, controller, waiting: 0, hasBegun: false, isOver: false };
    this.#flights.set(key, flight);
    this.#track(key, flight);
    return flight;
  }

  #settled(key: string): Promise<unknown> {
    return (this.#working.get(key) ?? Promise.resolve()).catch(() => undefined);
  }

  #track(key: string, flight: Flight<T>): void {
    const { result } = flight;
    this.#working.set(key, result);
    const done = () => {
      flight.isOver = true;
      if (this.#working.get(key) === result) this.#working.delete(key);
    };
    result.then(done, done);
  }
}

function orAborted<T>(flight: Flight<T>, { signal, untilBegun }: Patience): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted());
    const onCalledOff = () => {
      if (!flight.hasBegun) reject(aborted());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    untilBegun.addEventListener('abort', onCalledOff, { once: true });
    flight.result.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
      untilBegun.removeEventListener('abort', onCalledOff);
    });
  });
}

function aborted(): CliptideError {
  return new CliptideError('aborted', 'Stopped waiting for media');
}
