import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Seconds } from './seconds.ts';

/**
 * A count's sum over a window of seconds, beside its exponentially decayed sum over what lies before that window: a
 * second enters the baseline when it leaves the window, so a burst is never measured against itself.
 */
export class Baseline {
  readonly #count: number;
  readonly #window: number;
  readonly #keep: number;
  /** Sum over the window, the current second included once it is closed. */
  sum = 0;
  /** Decayed sum before the window, and the decayed number of its seconds. */
  decayed = 0;
  weight = 0;
  /** Plain sum before the window, and its number of seconds. */
  total = 0;
  age = 0;
  #seen = 0;

  /** `window` is 1 to 31 s; `tau` is the decay's time constant in seconds. */
  constructor(count: number, window: number, tau: number) {
    this.#count = count;
    this.#window = window;
    this.#keep = Math.exp(-1 / tau);
  }

  /** Closes the current second of `seconds`. */
  close(seconds: Seconds): void {
    const leaving = seconds.get(this.#count, this.#window);
    this.sum += seconds.get(this.#count, 0) - leaving;
    if (this.#seen < this.#window) {
      this.#seen += 1;
      return;
    }
    this.decayed = this.decayed * this.#keep + leaving;
    this.weight = this.weight * this.#keep + 1;
    this.total += leaving;
    this.age += 1;
  }

  /**
   * How far the window's sum lies above what the baseline expects, in deviations of a Poisson count, on a scale that
   * grows as a logarithm.
   */
  surprise(): number {
    const expected = this.mean() * this.#window;
    return Math.asinh((this.sum - expected) / Math.sqrt(expected + 1));
  }

  /** What is expected of a second: the decayed mean, drawn towards the broadcast's own with the weight of 30 s. */
  mean(): number {
    const overall = (this.total + 0.3) / (this.age + 30);
    return (this.decayed + 30 * overall) / (this.weight + 30);
  }

  /** The sum over the window, between two seconds, after counts in it were taken back. */
  recount(seconds: Seconds): void {
    this.sum = 0;
    for (let ago = 1; ago <= this.#window; ago += 1) this.sum += seconds.get(this.#count, ago);
  }

  write(out: ByteWriter): void {
    out.uint(this.#seen);
    out.uint(this.sum);
    out.f64(this.decayed);
    out.f64(this.weight);
    out.uint(this.total);
    out.uint(this.age);
  }

  read(input: ByteReader): void {
    this.#seen = input.uint();
    this.sum = input.uint();
    this.decayed = input.f64();
    this.weight = input.f64();
    this.total = input.uint();
    this.age = input.uint();
  }
}

/** How far a kind's share of the messages (or its mean a message) in the window lies from the baseline's, by `scale`. */
export function shareShift(kind: Baseline, messages: Baseline, prior: number, scale: number): number {
  const before = (kind.decayed + 10 * prior) / (messages.decayed + 10);
  return ((kind.sum + 4 * before) / (messages.sum + 4) - before) / scale;
}
