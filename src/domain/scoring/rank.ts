import type { ByteReader, ByteWriter } from './bytes.ts';

const steps = 40;
const bins = 520;
/** Bins to begin with; they double when a busier second comes, up to all of them. */
const fewest = 65;
const delaySec = 60;
const pseudoSeconds = 30;

const binOf = (messages: number): number => Math.min(bins - 1, Math.floor(steps * Math.log1p(messages)));

/**
 * Where a count of messages lies among all counts of the broadcast so far but those of the last minute: a histogram
 * over the logarithm. Thirty seconds of a middling rank stand in for a beginning without history.
 */
export class RateRank {
  #histogram = new Uint32Array(fewest);
  /** Bins of the last minute's seconds, oldest at `#at`. */
  readonly #waiting: number[] = [];
  #at = 0;
  #total = 0;

  /** The feature rank_10 for this second's count, which then joins the history unless it is not to be learned. */
  next(messages: number, learn: boolean): number {
    const bin = binOf(messages);
    let below = 0;
    const end = Math.min(bin, this.#histogram.length);
    for (let i = 0; i < end; i += 1) below += this.#histogram[i] ?? 0;
    const equal = this.#histogram[bin] ?? 0;
    const quantile = (below + equal / 2 + pseudoSeconds / 2) / (this.#total + pseudoSeconds);
    if (learn) this.#remember(bin);
    return -Math.log(1.003 - quantile);
  }

  /** For so many bins; there are never more than 520. */
  #makeRoom(wanted: number): void {
    const earlier = this.#histogram;
    let { length } = earlier;
    while (length < Math.min(bins, wanted)) length *= 2;
    if (length === earlier.length) return;
    this.#histogram = new Uint32Array(length);
    this.#histogram.set(earlier);
  }

  #remember(bin: number): void {
    if (this.#waiting.length < delaySec) {
      this.#waiting.push(bin);
      return;
    }
    const oldest = this.#waiting[this.#at] ?? 0;
    this.#makeRoom(oldest + 1);
    this.#histogram[oldest] = (this.#histogram[oldest] ?? 0) + 1;
    this.#total += 1;
    this.#waiting[this.#at] = bin;
    this.#at = (this.#at + 1) % delaySec;
  }

  write(out: ByteWriter): void {
    const last = this.#histogram.findLastIndex((count) => count > 0);
    out.uint(last + 1);
    for (let i = 0; i <= last; i += 1) out.uint(this.#histogram[i] ?? 0);
    out.uint(this.#waiting.length);
    for (let i = 0; i < this.#waiting.length; i += 1) {
      out.uint(this.#waiting[(this.#at + i) % this.#waiting.length] ?? 0);
    }
  }

  static read(input: ByteReader): RateRank {
    const rank = new RateRank();
    const counts = input.list(() => input.uint());
    rank.#makeRoom(counts.length);
    for (const [bin, count] of counts.entries()) {
      rank.#histogram[bin] = count;
      rank.#total += count;
    }
    rank.#waiting.push(...input.list(() => input.uint()));
    return rank;
  }
}
