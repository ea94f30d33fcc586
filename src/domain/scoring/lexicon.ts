import { mayRepeat } from './runs.ts';

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
  if (!mayRepeat(word, 2)) return word;
  let result = '';
  let last = '';
  for (const letter of word) {
    if (letter !== last) result += letter;
    last = letter;
  }
  return result;
}

/** A beginning or an end. */
interface Affix {
  readonly text: string;
  readonly bits: number;
}

const none: readonly never[] = [];

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** Words with the bits that they stand for; a word may be given several times. */
export class Lexicon {
  readonly #exact = new Map<string, number>();
  readonly #stretched = new Map<string, Stretched[]>();
  /** Prefixes by their first unit, suffixes by their last. */
  readonly #prefixes = new Map<number, Affix[]>();
  readonly #suffixes = new Map<number, Affix[]>();

  constructor(words: readonly { readonly word: string; readonly bits: number }[]) {
    for (const { word, bits } of words) this.#add(word, bits);
  }

  #add(word: string, bits: number): void {
    if (word.endsWith('*')) append(this.#prefixes, word.charCodeAt(0), { text: word.slice(0, -1), bits });
    else if (word.startsWith('*')) {
      append(this.#suffixes, word.charCodeAt(word.length - 1), { text: word.slice(1), bits });
    } else if (word.startsWith('~')) {
      const letters = word.slice(1);
      append(this.#stretched, squeezed(letters), { length: letters.length, bits });
    } else this.#exact.set(word, (this.#exact.get(word) ?? 0) | bits);
  }

  /** The bits of all words that match a token in lower case; 0 where none does. */
  bitsOf(lower: string): number {
    const token = bare(lower);
    let bits = this.#exact.get(lower) ?? 0;
    if (token !== lower) bits |= this.#exact.get(token) ?? 0;
    for (const { length, bits: more } of this.#stretched.get(squeezed(token)) ?? none) {
      if (token.length >= length) bits |= more;
    }
    for (const prefix of this.#prefixes.get(token.charCodeAt(0)) ?? none) {
      if (token.startsWith(prefix.text)) bits |= prefix.bits;
    }
    return bits | this.#endingBits(token);
  }

  #endingBits(token: string): number {
    let bits = 0;
    for (const suffix of this.#suffixes.get(token.charCodeAt(token.length - 1)) ?? none) {
      if (token.length === suffix.text.length || !token.endsWith(suffix.text)) continue;
      let at = token.length - suffix.text.length;
      while (token.charAt(at - 1) === token.charAt(at)) at -= 1;
      if (token.charCodeAt(at - 1) >= spacelessFrom) bits |= suffix.bits;
    }
    return bits;
  }
}
