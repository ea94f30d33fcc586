import { Baseline } from './baseline.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { countIndex, type Seconds } from './seconds.ts';

/** Modes of a chat by their names in the schema; their codes count from 1. */
const names = ['slow', 'emoteOnly', 'subscribersOnly', 'followersOnly'];
const emoteOnly = 2;

/** Code of a mode, or 0 for one that is not known. */
export const modeCode = (name: string): number => names.indexOf(name) + 1;

const watched = [countIndex('messages'), countIndex('react'), countIndex('hype')];
const windowSec = 10;
/** As the features have it whose expectation is put right. */
const usualTau = 300;
const keep = Math.exp(-1 / usualTau);
/** So long after a change the features' windows hold chat of both modes. */
const holdSec = 30;
/** After so long the features have learned the new rate themselves. */
const settledSec = 1200;
/** Seconds that a remembered rate counts for against what is seen of the mode now. */
const remembered = 10;
/** A mode's rate is remembered from this many seconds on. */
const leastSeen = 15;
const highest = 4;
const lowest = -2;

type Rates = readonly number[];

/**
 * Slow, emote-only, subscribers' and followers' mode: a change of mode changes how much chat is to be expected, which
 * the features, whose baselines follow within minutes, take for a moment. This follows the expected rates of messages,
 * reactions and hype by mode: it learns them anew after each change, and remembers those of a mode that was there
 * before. The signal is the surprise (as `Baseline` has it) that the expected rate itself is to the slow baseline, the
 * largest of the three: above 0 where more is usual now than the features think, and to be subtracted. For 30 s after a
 * change into a mode without a known rate that can bring more (the end of any mode, the start of emote-only) it is 4,
 * and otherwise the larger of those of the two modes, since the windows hold chat of both. -2 to 4; 0 until a change is
 * reported, and again 20 minutes after the last.
 */
export class ModeShift {
  readonly #usual = watched.map((count) => new Baseline(count, windowSec, usualTau));
  /** Modes that are on, and those that were ever reported, as bits by code. */
  #on = 0;
  #known = 0;
  /** Seconds closed since the last change; null before the first and when it has settled. */
  #since: number | null = null;
  #from: Rates | null = null;
  /** What was to be expected just before the last change. */
  #former: Rates = watched.map(() => 0);
  readonly #sums = watched.map(() => 0);
  #weight = 0;
  readonly #rates = new Map<number, Rates>();

  /** A mode was reported to be on or off; a report that changes nothing is none. */
  changed(code: number, on: boolean): void {
    const bit = code === 0 ? 0 : 1 << (code - 1);
    const was = (this.#on & bit) !== 0;
    // The end of a mode that nobody saw begin: it was on from the start.
    const unseen = !on && !was && (this.#known & bit) === 0;
    this.#known |= bit;
    if (bit === 0 || (was === on && !unseen)) return;
    const before = unseen ? this.#on | bit : this.#on;
    this.#former = this.#expected();
    if (this.#seenSec() >= leastSeen) this.#rates.set(before, this.#former);
    this.#on = on ? this.#on | bit : this.#on & ~bit;
    const canBringMore = !on || code === emoteOnly;
    this.#from = this.#rates.get(this.#on) ?? (canBringMore ? null : this.#former);
    this.#since = 0;
    this.#sums.fill(0);
    this.#weight = 0;
  }

  #seenSec(): number {
    return this.#since === null ? (this.#usual[0]?.age ?? 0) : this.#weight;
  }

  /** Rates a second of what is watched, as they are to be expected now. */
  #expected(): Rates {
    const from = this.#from;
    const isLearned = this.#since !== null && (from !== null || this.#weight >= leastSeen);
    if (!isLearned) return this.#usual.map((usual) => usual.mean());
    const prior = from === null ? 0 : remembered;
    return this.#sums.map((sum, i) => (sum + prior * (from?.[i] ?? 0)) / (this.#weight + prior));
  }

  /** Closes the current second of `seconds`; its value. In an interruption nothing is learned. */
  close(seconds: Seconds, interrupted: boolean): number {
    if (!interrupted) for (const usual of this.#usual) usual.close(seconds);
    if (this.#since === null) return 0;
    this.#since += 1;
    // What leaves the window and came after the second of the change.
    if (!interrupted && this.#since > windowSec + 1) {
      for (const [i, count] of watched.entries()) {
        this.#sums[i] = (this.#sums[i] ?? 0) * keep + seconds.get(count, windowSec);
      }
      this.#weight = this.#weight * keep + 1;
    }
    const isMixed = this.#since <= holdSec;
    if (isMixed && this.#from === null) return highest;
    const shift = this.#shift(this.#expected());
    const value = isMixed ? Math.max(0, shift, this.#shift(this.#former)) : Math.max(lowest, shift);
    if (this.#since >= settledSec) this.#since = null;
    return value;
  }

  #shift(rates: Rates): number {
    const shifts = this.#usual.map((usual, i) => {
      const expected = usual.mean() * windowSec;
      return Math.asinh(((rates[i] ?? 0) * windowSec - expected) / Math.sqrt(expected + 1));
    });
    return Math.min(highest, Math.max(...shifts));
  }

  write(out: ByteWriter): void {
    for (const usual of this.#usual) usual.write(out);
    out.uint(this.#on);
    out.uint(this.#known);
    out.uint(this.#since === null ? 0 : this.#since + 1);
    out.flag(this.#from !== null);
    for (const value of [...(this.#from ?? []), ...this.#former, ...this.#sums, this.#weight]) out.f64(value);
    out.uint(this.#rates.size);
    for (const [mask, rates] of this.#rates) {
      out.uint(mask);
      for (const rate of rates) out.f64(rate);
    }
  }

  static read(input: ByteReader): ModeShift {
    const shift = new ModeShift();
    const rates = (): Rates => watched.map(() => input.f64());
    for (const usual of shift.#usual) usual.read(input);
    shift.#on = input.uint();
    shift.#known = input.uint();
    const since = input.uint();
    shift.#since = since === 0 ? null : since - 1;
    if (input.flag()) shift.#from = rates();
    shift.#former = rates();
    rates().forEach((sum, i) => {
      shift.#sums[i] = sum;
    });
    shift.#weight = input.f64();
    for (let left = input.uint(); left > 0; left -= 1) shift.#rates.set(input.uint(), rates());
    return shift;
  }
}
