import type { Term } from '../records.gen.ts';
import type { TokenRates } from './bursts.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { TokenClass } from './tokens.ts';

const generationSec = 10;
const most = 96;
const chances = 4;
/** A token is followed from its second message within seconds on, unless it is as usual. */
const followRatio = 1.1;
const termsGiven = 5;
/** How much more often than before; common words reach less by chance. */
const leastRatio = 2;

interface Said {
  readonly hash: number;
  readonly shown: string;
  count: number;
}

type Generation = Map<number, Said>;

/**
 * What chat says: the messages of the last 10 to 20 s by token, in two generations of at most 96 tokens each. In a full
 * generation a new token takes the place of one that was said once.
 */
export class SaidWords {
  #newer: Generation = new Map();
  #older: Generation = new Map();

  /** A token of a message, with its rate of now over before; one that is rarer now than usual is not followed. */
  add(token: TokenClass, ratio: number, rates: TokenRates): void {
    if (token.shown === '' || ratio < followRatio) return;
    const known = this.#newer.get(token.hash);
    if (known !== undefined) known.count += 1;
    else if (this.#newer.size < most || this.#makeRoom()) {
      const before = this.#older.has(token.hash) ? 0 : rates.latest(token.hash);
      this.#newer.set(token.hash, { hash: token.hash, shown: token.shown, count: 1 + before });
    }
  }

  /** Takes out an old token that was said once; those that were said more get behind the others. */
  #makeRoom(): boolean {
    let tries = chances;
    for (const [hash, said] of this.#newer) {
      this.#newer.delete(hash);
      if (said.count === 1) return true;
      this.#newer.set(hash, said);
      tries -= 1;
      if (tries === 0) return false;
    }
    return false;
  }

  /** Closes a second. */
  next(second: number): void {
    if (second % generationSec !== 0) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  /** The most characteristic tokens: said at least twice, and clearly more often than before. */
  terms(rates: TokenRates): Term[] {
    const found: { text: string; count: number; weight: number }[] = [];
    const consider = (said: Said, count: number): void => {
      const ratio = rates.ratio(said.hash);
      if (count >= 2 && ratio > leastRatio) found.push({ text: said.shown, count, weight: count * Math.log(ratio) });
    };
    for (const said of this.#older.values()) {
      consider(said, said.count + (this.#newer.get(said.hash)?.count ?? 0));
    }
    for (const said of this.#newer.values()) if (!this.#older.has(said.hash)) consider(said, said.count);
    found.sort((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1));
    return found.slice(0, termsGiven).map(({ text, count }) => ({ text, count }));
  }

  write(out: ByteWriter): void {
    for (const generation of [this.#newer, this.#older]) {
      out.uint(generation.size);
      for (const said of generation.values()) {
        out.i32(said.hash);
        out.text(said.shown);
        out.uint(said.count);
      }
    }
  }

  static read(input: ByteReader): SaidWords {
    const words = new SaidWords();
    for (const generation of [words.#newer, words.#older]) {
      for (let left = input.uint(); left > 0; left -= 1) {
        const hash = input.i32();
        generation.set(hash, { hash, shown: input.text(), count: input.uint() });
      }
    }
    return words;
  }
}
