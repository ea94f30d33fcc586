import { CliptideError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * The time of a broadcast that is played faster than life: its seconds are those of the wall times the pace. It never
 * passes the second up to which there is media: when the encoder falls behind, the broadcast waits for it.
 */
export class BroadcastClock {
  readonly pace: number;
  readonly #time: Clock;
  #allowedSec = 0;
  #baseSec = 0;
  #baseMs: number;
  #waiting: (() => void)[] = [];

  constructor(time: Clock, pace: number) {
    if (!(pace > 0 && pace <= 1000)) {
      throw new CliptideError('usage', `a pace of ${pace} is not possible`, { hint: 'give a number from 0.1 to 1000' });
    }
    this.pace = pace;
    this.#time = time;
    this.#baseMs = time.now();
  }

  /** Seconds of the broadcast that have been on air. */
  onAirSec(): number {
    const sinceMs = Math.max(0, this.#time.now() - this.#baseMs);
    return Math.min(this.#allowedSec, this.#baseSec + (sinceMs / 1000) * this.pace);
  }

  /** Lets the clock run up to this second. */
  allow(sec: number): void {
    this.#baseSec = this.onAirSec();
    this.#baseMs = this.#time.now();
    this.#allowedSec = Math.max(this.#allowedSec, sec);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when this second is on air; rejects with the signal's reason or `aborted`. */
  async reach(sec: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (signal.aborted) throw whyStopped(signal);
      const missing = sec - this.onAirSec();
      if (missing <= 0) return;
      if (sec > this.#allowedSec) await this.#allowedMore(signal);
      else await this.#sleep(Math.max(1, Math.ceil((missing / this.pace) * 1000)), signal);
    }
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#time.sleep(ms, signal).catch((error: unknown) => {
      throw signal.aborted ? whyStopped(signal) : error;
    });
  }

  #allowedMore(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}

function whyStopped(signal: AbortSignal): CliptideError {
  if (signal.reason instanceof CliptideError) return signal.reason;
  return new CliptideError('aborted', 'the made broadcast was stopped');
}

/** The broadcast's time as a clock for those who watch it: `now` runs, and `sleep` passes, at its pace. */
export function watchersClock(clock: BroadcastClock, zeroAtMs: number, time: Clock): Clock {
  return {
    now: () => zeroAtMs + clock.onAirSec() * 1000,
    sleep: (ms, signal) => time.sleep(ms / clock.pace, signal),
  };
}
