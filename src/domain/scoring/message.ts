import { join32 } from './hash.ts';
import { tokenAt } from './tokencache.ts';
import { CAPS, REACT, type TokenClass } from './tokens.ts';

const maxWords = 60;
const maxTokens = 12;
const signatureTokens = 4;
const copyLength = 12;
const copyTokens = 3;
const question = 63;

const isSpace = (unit: number): boolean => unit <= 32 || unit === 0xa0 || unit === 0x3000 || unit === 0x2028;

/** Reads messages, each in one pass with constant work a token. What it found stays until the next is read. */
export class MessageReader {
  /** Marks as bits of `tokens.ts`; BURST is not among them. */
  marks = 0;
  /** Number of tokens (what stands between white space), at most 60. */
  words = 0;
  /** Up to 12 distinct tokens. */
  readonly tokens: TokenClass[] = [];
  /**
   * Hash of how it begins, by which copies are known, with or without something random behind them; 0 for a message too
   * short to be a copy.
   */
  signature = 0;
  #letters = 0;
  #capitals = 0;

  read(text: string): void {
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
    this.signature = 0;
    if (this.tokens.length < copyTokens) return;
    let hash = 1;
    let length = 0;
    for (let i = 0; i < signatureTokens; i += 1) {
      const token = this.tokens[i];
      if (token === undefined) break;
      hash = join32(hash, token.hash);
      length += token.length;
    }
    if (length >= copyLength) this.signature = hash;
  }
}
