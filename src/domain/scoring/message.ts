import { join32 } from './hash.ts';
import { CAPS, REACT, type TokenClass, tokenClass } from './tokens.ts';

/** What scoring takes from a chat message. */
export interface Message {
  /** Marks as bits of `tokens.ts`; BURST is not among them. */
  readonly marks: number;
  /** Number of tokens, at most 60. */
  readonly words: number;
  /** Up to 12 distinct tokens. */
  readonly tokens: readonly TokenClass[];
  /** Hash of how it begins, by which copies are known; 0 for a message too short to be a copy. */
  readonly signature: number;
}

const maxWords = 60;
const maxTokens = 12;
const signatureTokens = 4;
const copyLength = 12;
const copyTokens = 3;

const isSpace = (unit: number): boolean => unit <= 32 || unit === 0xa0 || unit === 0x3000 || unit === 0x2028;

/** Tokens of a text: what stands between white space. */
function split(text: string): string[] {
  const tokens: string[] = [];
  let from = -1;
  for (let i = 0; i <= text.length; i += 1) {
    const space = i === text.length || isSpace(text.charCodeAt(i));
    if (!space && from < 0) from = i;
    if (space && from >= 0) {
      tokens.push(text.slice(from, i));
      from = -1;
    }
  }
  return tokens;
}

/** A long enough beginning of several words; copies with something random behind it count as the same. */
function signature(tokens: readonly TokenClass[]): number {
  if (tokens.length < copyTokens) return 0;
  let hash = 1;
  let length = 0;
  for (let i = 0; i < tokens.length && i < signatureTokens; i += 1) {
    const token = tokens[i];
    if (token === undefined) break;
    hash = join32(hash, token.hash);
    length += token.normal.length;
  }
  return length >= copyLength ? hash : 0;
}

function holds(tokens: readonly TokenClass[], hash: number): boolean {
  for (const token of tokens) if (token.hash === hash) return true;
  return false;
}

/** Reads a message in one pass, with constant work a token. */
export function readMessage(text: string): Message {
  const tokens = split(text);
  const distinct: TokenClass[] = [];
  let marks = 0;
  let letters = 0;
  let capitals = 0;
  for (const token of tokens) {
    const found = tokenClass(token);
    marks |= found.marks;
    letters += found.letters;
    capitals += found.capitals;
    if (distinct.length < maxTokens && !holds(distinct, found.hash)) distinct.push(found);
  }
  if (letters >= 3 && capitals >= 0.8 * letters) marks |= CAPS;
  const last = tokens.at(-1);
  if (last !== undefined && (last.endsWith('??') || (last === '?' && tokens.length === 1))) marks |= REACT;
  return { marks, words: Math.min(maxWords, tokens.length), tokens: distinct, signature: signature(distinct) };
}
