import { join32 } from './hash.ts';
import { plainText } from './plaintext.ts';
import { tokenAt } from './tokencache.ts';
import { CAPS, REACT, type TokenClass } from './tokens.ts';

const maxWords = 60;
const maxTokens = 12;
/** Tokens of a run, by which copies are known. */
const runTokens = 3;
/** Characters of a run that is long enough. */
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
    for (let i = runTokens; i <= this.tokens.length; i += 1) {
      const run = this.#run(i - runTokens);
      if (run === 0) continue;
      if (least === 0 || run < least) least = run;
      if (greatest === 0 || run > greatest) greatest = run;
    }
    this.signature.least = least;
    this.signature.greatest = greatest;
  }

  /** Hash of three tokens that follow each other; 0 where they are too short to be a copied text. */
  #run(from: number): number {
    let hash = 1;
    let length = 0;
    for (let i = from; i < from + runTokens; i += 1) {
      const token = this.tokens[i];
      if (token === undefined) return 0;
      hash = join32(hash, token.hash);
      length += token.length;
    }
    return length < runLength ? 0 : hash;
  }
}
