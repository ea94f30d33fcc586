import { CliptideError } from '../../src/domain/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        this.#sleepers.delete(sleeper);
        reject(new CliptideError('aborted', 'stopped while waiting', { cause: signal?.reason }));
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const sleeper = { dueMs: this.#nowMs + ms, wake };
      if (signal?.aborted) return aborted();
      signal?.addEventListener('abort', aborted, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves on, waking who is due in the order of time; whoever is woken has its turn before the next. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(targetMs); next !== undefined; next = this.#next(targetMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      this.#sleepers.delete(next);
      next.wake();
      await settle();
    }
    this.#nowMs = targetMs;
  }

  #next(untilMs: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs <= untilMs && (next === undefined || sleeper.dueMs < next.dueMs)) next = sleeper;
    }
    return next;
  }
}

/** Lets everything that can go on without time passing go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
