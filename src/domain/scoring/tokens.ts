import { hash32 } from './hash.ts';
import { isLaughter } from './laughter.ts';
import { isClipRequest, isHype, isReaction } from './words.ts';

/** Marks of a token or of a message, as bits. */
export const LAUGH = 1;
export const HYPE = 2;
export const REACT = 4;
export const CLIP = 8;
export const CAPS = 16;
export const BURST = 32;

/** What scoring knows of a token; the same for equal tokens. */
export interface TokenClass {
  readonly marks: number;
  readonly letters: number;
  readonly capitals: number;
  /** Hash of the normalised token: lower case, without outer punctuation, runs of a character cut to two. */
  readonly hash: number;
  readonly normal: string;
  /** As it is shown, or empty where it says nothing (a mention, a link, a single letter). */
  readonly shown: string;
}

const letterOrDigit = /[\p{L}\p{N}]/u;
const shownLength = 24;

/** The token without punctuation around it, or the whole of it where there is nothing else (an emoji). */
function stripped(token: string): string {
  const characters = Array.from(token);
  let from = 0;
  let to = characters.length;
  while (from < to && !letterOrDigit.test(characters[from] ?? '')) from += 1;
  while (to > from && !letterOrDigit.test(characters[to - 1] ?? '')) to -= 1;
  return from < to ? characters.slice(from, to).join('') : token;
}

/** Runs of a character cut to two. */
function cutRuns(text: string): string {
  let out = '';
  for (const character of text) if (!out.endsWith(character + character)) out += character;
  return out;
}

function classMarks(lower: string): number {
  const laugh = isLaughter(lower);
  const clip = isClipRequest(lower);
  const react = laugh || clip || isReaction(lower);
  return (laugh ? LAUGH : 0) | (isHype(lower) ? HYPE : 0) | (react ? REACT : 0) | (clip ? CLIP : 0);
}

function classify(token: string): TokenClass {
  const lower = token.toLowerCase();
  const core = stripped(token);
  const normal = cutRuns(core.toLowerCase());
  let letters = 0;
  let capitals = 0;
  for (const character of token) {
    const small = character.toLowerCase();
    if (small === character.toUpperCase()) continue;
    letters += 1;
    if (small !== character) capitals += 1;
  }
  const silent = normal.length < 2 || token.startsWith('@') || token.startsWith('!') || /:\/\/|^www\./.test(lower);
  const shown = silent ? '' : cutRuns(core).slice(0, shownLength).toWellFormed();
  return { marks: classMarks(lower), letters, capitals, hash: hash32(normal), normal, shown };
}

/*
 * Chat repeats itself: most tokens were classified a moment ago. Two generations of at most 8,192 tokens each; it only
 * remembers a pure function's values, so it is no part of any state.
 */
const generationSize = 8192;
const longestKept = 40;
let recent = new Map<string, TokenClass>();
let older = new Map<string, TokenClass>();

/** The class of a token. Time is in proportion to the token's length, whatever it holds. */
export function tokenClass(token: string): TokenClass {
  const known = recent.get(token);
  if (known !== undefined) return known;
  const found = older.get(token) ?? classify(token);
  if (token.length > longestKept) return found;
  if (recent.size >= generationSize) {
    older = recent;
    recent = new Map();
  }
  recent.set(token, found);
  return found;
}
