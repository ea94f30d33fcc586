import { classify, type TokenClass } from './tokens.ts';

const places = 32_768;
const longestKept = 32;

/*
 * Chat repeats itself: most tokens were classified a moment ago. Each token may be in one of two neighbouring places: the
 * first has the one that was classified later, the second the one that it took the place of. This only remembers a pure
 * function's values, for all broadcasts: it is no part of any state.
 */
const known: (TokenClass | undefined)[] = new Array<TokenClass | undefined>(places).fill(undefined);

const isAt = (there: TokenClass | undefined, text: string, from: number, to: number): there is TokenClass =>
  there !== undefined && there.token.length === to - from && text.startsWith(there.token, from);

/** The class of the token `text.slice(from, to)`, whose running hash is given; a known one is found without a slice. */
export function tokenAt(text: string, from: number, to: number, hash: number): TokenClass {
  const place = (hash ^ (hash >>> 15)) & (places - 2);
  const first = known[place];
  if (isAt(first, text, from, to)) return first;
  const second = known[place + 1];
  if (isAt(second, text, from, to)) return second;
  const found = classify(text.slice(from, to));
  if (to - from <= longestKept) {
    known[place + 1] = first;
    known[place] = found;
  }
  return found;
}
