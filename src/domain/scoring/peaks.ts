import type { ByteReader, ByteWriter } from './bytes.ts';
import { type Candidate, readCandidate, writeCandidate } from './candidate.ts';

/** A maximum is one of this many seconds to either side. */
const reachSec = 5;

/** Local maxima of the score; of equal seconds the first. */
export class Peaks {
  /** Scores of the latest seconds, newest last. */
  readonly #before: number[] = [];
  #rising: Candidate | null = null;
  #height = 0;
  #since = 0;

  /**
   * Closes a second. `capture` is called where this second may become a maximum. Returns a maximum once nothing higher
   * followed within reach.
   */
  close(score: number, capture: () => Candidate): Candidate | null {
    const tops = this.#before.every((earlier) => score > earlier);
    this.#before.push(score);
    if (this.#before.length > reachSec) this.#before.shift();
    if (tops) {
      this.#rising = capture();
      this.#height = score;
      this.#since = 0;
      return null;
    }
    if (this.#rising === null) return null;
    if (score > this.#height) {
      this.#rising = null;
      return null;
    }
    this.#since += 1;
    return this.#since < reachSec ? null : this.finish();
  }

  /** The maximum that waits for its second half, at the broadcast's end. */
  finish(): Candidate | null {
    const peak = this.#rising;
    this.#rising = null;
    return peak;
  }

  write(out: ByteWriter): void {
    out.uint(this.#before.length);
    for (const score of this.#before) out.f64(score);
    out.flag(this.#rising !== null);
    if (this.#rising !== null) writeCandidate(out, this.#rising);
    out.f64(this.#height);
    out.uint(this.#since);
  }

  static read(input: ByteReader): Peaks {
    const peaks = new Peaks();
    peaks.#before.push(...input.list(() => input.f64()));
    if (input.flag()) peaks.#rising = readCandidate(input);
    peaks.#height = input.f64();
    peaks.#since = input.uint();
    return peaks;
  }
}
