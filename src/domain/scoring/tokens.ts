import { hash32 } from './hash.ts';
import { isLaughter } from './laughter.ts';
import { mayRepeat } from './runs.ts';
import { bitOf, groupsOf } from './vocabulary.ts';

/** Marks of a token or of a message, as bits: its words' groups, and two that no list gives. */
export const LAUGH = bitOf('laugh');
export const HYPE = bitOf('hype');
export const REACT = bitOf('react');
export const CLIP = bitOf('clip');
export const VICTORY = bitOf('victory');
export const BLAME = bitOf('blame');
export const ADDRESS = bitOf('address');
export const BANTER = bitOf('banter');
export const CAPS = 1 << 8;
export const BURST = 1 << 9;

/** What scoring knows of a token; the same for equal tokens. */
export interface TokenClass {
  readonly token: string;
  readonly marks: number;
  readonly letters: number;
  readonly capitals: number;
  /** Hash of the normalised token: lower case, without outer punctuation, runs of a character cut to two. */
  readonly hash: number;
  /** Length of the normalised token. */
  readonly length: number;
  /** As it is shown, or empty where it says nothing (a mention, a link, a single letter). */
  readonly shown: string;
}

const letterOrDigit = /[\p{L}\p{N}]/u;
const shownLength = 24;

const isBetween = (unit: number, first: number, last: number): boolean => unit >= first && unit <= last;
/** Of ASCII; its letters differ from their other case by one bit. */
const isPlainLetter = (unit: number): boolean => isBetween(unit | 32, 97, 122);

function isLetterOrDigit(token: string, at: number): boolean {
  const unit = token.charCodeAt(at);
  return unit < 128 ? isPlainLetter(unit) || isBetween(unit, 48, 57) : letterOrDigit.test(token.charAt(at));
}

/** The token without punctuation around it, or the whole of it where there is nothing else (an emoji). */
function stripped(token: string): string {
  if (isLetterOrDigit(token, 0) && isLetterOrDigit(token, token.length - 1)) return token;
  const characters = Array.from(token);
  const from = characters.findIndex((character) => letterOrDigit.test(character));
  if (from < 0) return token;
  const to = characters.findLastIndex((character) => letterOrDigit.test(character));
  return characters.slice(from, to + 1).join('');
}

/** Runs of a character cut to two. The pattern has one repeat, of one character: it cannot backtrack. */
const cutRuns = (text: string): string => (mayRepeat(text, 3) ? text.replace(/(.)\1{2,}/gu, '$1$1') : text);

/** Laughter and clip requests are reactions, too. */
function classMarks(lower: string): number {
  const marks = groupsOf(lower) | (isLaughter(lower) ? LAUGH : 0);
  return marks & (LAUGH | CLIP) ? marks | REACT : marks;
}

/** Number of letters that have two cases, and of the capitals among them. */
function countLetters(token: string): { readonly letters: number; readonly capitals: number } {
  let letters = 0;
  let capitals = 0;
  for (const character of token) {
    const unit = character.charCodeAt(0);
    if (unit < 128) {
      if (!isPlainLetter(unit)) continue;
      letters += 1;
      if (unit < 97) capitals += 1;
      continue;
    }
    const small = character.toLowerCase();
    if (small === character.toUpperCase()) continue;
    letters += 1;
    if (small !== character) capitals += 1;
  }
  return { letters, capitals };
}

/** The class of a token. Takes time in proportion to its length, whatever it holds. */
export function classify(token: string): TokenClass {
  const lower = token.toLowerCase();
  const core = cutRuns(stripped(token));
  const normal = core === token ? lower : core.toLowerCase();
  const silent = normal.length < 2 || token.startsWith('@') || token.startsWith('!') || /:\/\/|^www\./.test(lower);
  return {
    token,
    marks: classMarks(lower),
    ...countLetters(token),
    hash: hash32(normal),
    length: normal.length,
    shown: silent ? '' : core.slice(0, shownLength).toWellFormed(),
  };
}
