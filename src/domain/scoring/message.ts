import { join32 } from './hash.ts';
import { plainText } from './plaintext.ts';
import { tokenAt } from './tokencache.ts';
import { CAPS, REACT, type TokenClass } from './tokens.ts';

const maxWords = 60;
const maxTokens = 12;
/** Characters of three tokens that are enough to be known as copied. */
const runLength = 12;
const question = 63;

const isSpace = (unit: number): boolean => unit <= 32 || unit === 0xa0 || unit === 0x3000 || unit === 0x2028;

/**
 * The least and the greatest hash of a message's runs of three tokens; both 0 for a message too short to be a copy. Something
 * random before, behind or within a copied text changes few of its runs, and most often neither of these.
 */
export interface Signature {
  least: number;
  greatest: number;
}

/** Reads messages, each in one pass with constant work a token. What it found stays until the next is read. */
export class MessageReader {
  /** Marks as bits of `tokens.ts`; BURST is not among them. */
  marks = 0;
  /** Number of tokens (what stands between white space), at most 60. */
  words = 0;
  /** Up to 12 distinct tokens. */
  readonly tokens: TokenClass[] = [];
  /** By which copies are known. */
  readonly signature: Signature = { least: 0, greatest: 0 };
  #letters = 0;
  #capitals = 0;

  read(written: string): void {
    const text = plainText(written);
    this.marks = 0;
    this.words = 0;
    this.tokens.length = 0;
    this.#letters = 0;
    this.#capitals = 0;
    const end = this.#tokenise(text);
    if (this.#letters >= 3 && this.#capitals >= 0.8 * this.#letters) this.marks |= CAPS;
    const asks = end > 0 && text.charCodeAt(end - 1) === question;
    const asksTwice = asks && end > 1 && text.charCodeAt(end - 2) === question;
    const asksOnly = asks && this.words === 1 && (end < 2 || isSpace(text.charCodeAt(end - 2)));
    if (asksTwice || asksOnly) this.marks |= REACT;
    this.words = Math.min(maxWords, this.words);
    this.#sign();
  }

  /** Where the last token ends. */
  #tokenise(text: string): number {
    let from = -1;
    let end = 0;
    let hash = 0;
    for (let i = 0; i <= text.length; i += 1) {
      const unit = i < text.length ? text.charCodeAt(i) : 0;
      if (!isSpace(unit)) {
        if (from < 0) from = i;
        hash = Math.imul(hash ^ unit, 0x01000193);
      } else if (from >= 0) {
        this.#take(tokenAt(text, from, i, hash));
        end = i;
        from = -1;
        hash = 0;
      }
    }
    return end;
  }

  #take(found: TokenClass): void {
    this.words += 1;
    this.marks |= found.marks;
    this.#letters += found.letters;
    this.#capitals += found.capitals;
    if (this.tokens.length >= maxTokens) return;
    for (const token of this.tokens) if (token.hash === found.hash) return;
    this.tokens.push(found);
  }

  #sign(): void {
    let least = 0;
    let greatest = 0;
    let first: TokenClass | undefined;
    let second: TokenClass | undefined;
    for (const third of this.tokens) {
      if (first !== undefined && second !== undefined && first.length + second.length + third.length >= runLength) {
        const run = join32(Math.imul(first.hash, 31) ^ second.hash, third.hash);
        if (least === 0 || run < least) least = run;
        if (greatest === 0 || run > greatest) greatest = run;
      }
      first = second;
      second = third;
    }
    this.signature.least = least;
    this.signature.greatest = greatest;
  }
}
