/**
 * Words in one of four forms, all found in a time that is proportional to the token's length:
 *
 * - `nice`: the token itself;
 * - `~goal`: the token, each of whose letters may be repeated (`goaaaal`), but not fewer than in the word;
 * - `pog*`: tokens that begin so;
 * - `*ww`: tokens that end so, where the part before it is of a script without spaces between words (`すごいww`).
 *
 * Exclamation marks, question marks and full stops at a token's end do not count.
 */
export type WordList = readonly string[];

interface Stretched {
  readonly length: number;
  readonly bits: number;
}

const trailing = '!?.';
/** From here on scripts are written without spaces, or with few. */
const spacelessFrom = 0x2e80;

/** The token without the punctuation at its end; a token of punctuation alone stays. */
function bare(token: string): string {
  let end = token.length;
  while (end > 0 && trailing.includes(token.charAt(end - 1))) end -= 1;
  return end === 0 ? token : token.slice(0, end);
}

/** Each run of a letter as one letter. */
function squeezed(word: string): string {
  let result = '';
  let last = '';
  for (const letter of word) {
    if (letter !== last) result += letter;
    last = letter;
  }
  return result;
}

/** Words with the bits that they stand for; a word may be given several times. */
export class Lexicon {
  readonly #exact = new Map<string, number>();
  readonly #stretched = new Map<string, Stretched[]>();
  readonly #prefixes = new Map<string, number>();
  readonly #suffixes = new Map<string, number>();
  readonly #longestPrefix: number;
  readonly #longestSuffix: number;

  constructor(words: readonly { readonly word: string; readonly bits: number }[]) {
    for (const { word, bits } of words) this.#add(word, bits);
    this.#longestPrefix = Math.max(0, ...[...this.#prefixes.keys()].map((prefix) => prefix.length));
    this.#longestSuffix = Math.max(0, ...[...this.#suffixes.keys()].map((suffix) => suffix.length));
  }

  #add(word: string, bits: number): void {
    const into = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) | bits);
    if (word.endsWith('*')) into(this.#prefixes, word.slice(0, -1));
    else if (word.startsWith('*')) into(this.#suffixes, word.slice(1));
    else if (word.startsWith('~')) {
      const letters = word.slice(1);
      const key = squeezed(letters);
      this.#stretched.set(key, [...(this.#stretched.get(key) ?? []), { length: letters.length, bits }]);
    } else into(this.#exact, word);
  }

  /** The bits of all words that match a token in lower case; 0 where none does. */
  bitsOf(lower: string): number {
    const token = bare(lower);
    let bits = (this.#exact.get(lower) ?? 0) | (this.#exact.get(token) ?? 0);
    for (const { length, bits: more } of this.#stretched.get(squeezed(token)) ?? []) {
      if (token.length >= length) bits |= more;
    }
    for (let length = Math.min(this.#longestPrefix, token.length); length > 0; length -= 1) {
      bits |= this.#prefixes.get(token.slice(0, length)) ?? 0;
    }
    return bits | this.#endingBits(token);
  }

  #endingBits(token: string): number {
    let bits = 0;
    for (let length = Math.min(this.#longestSuffix, token.length - 1); length > 0; length -= 1) {
      const found = this.#suffixes.get(token.slice(-length));
      if (found === undefined) continue;
      let at = token.length - length;
      while (token.charAt(at - 1) === token.charAt(at)) at -= 1;
      if (token.charCodeAt(at - 1) >= spacelessFrom) bits |= found;
    }
    return bits;
  }
}
