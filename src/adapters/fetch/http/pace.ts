import type { Deadlines } from './deadlines.ts';
import type { FetchLimits } from './limits.ts';

/** Ends a body of which too little comes at a time: an origin that drips would hold its place until the whole deadline. */
export class Pace {
  readonly #limits: FetchLimits;
  readonly #deadlines: Deadlines;
  #bytes = 0;
  #waitedMs = 0;

  constructor(limits: FetchLimits, deadlines: Deadlines) {
    this.#limits = limits;
    this.#deadlines = deadlines;
  }

  /** Begins a wait for more of the body. */
  wait(): void {
    const { stallMs, stallBytes } = this.#limits;
    this.#deadlines.phase(`the next ${stallBytes} bytes`, stallMs, this.#waitedMs);
  }

  /** So many bytes came; the wait is over until `wait`. */
  came(bytes: number): void {
    this.#waitedMs += this.#deadlines.pause();
    this.#bytes += bytes;
    if (this.#bytes >= this.#limits.stallBytes) [this.#bytes, this.#waitedMs] = [0, 0];
  }
}
