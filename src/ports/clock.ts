/** Wall clock and timers; tests give a virtual one. Scoring never reads it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Resolves after this many milliseconds; rejects with `aborted` when the signal aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
