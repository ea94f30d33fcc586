import { classify, type TokenClass } from './tokens.ts';

const places = 32_768;
const longestKept = 32;

/*
 * Chat repeats itself: most tokens were classified a moment ago. Each token has one place, which the next that falls
 * there takes over. This only remembers a pure function's values, for all broadcasts: it is no part of any state.
 */
const known: (TokenClass | undefined)[] = new Array<TokenClass | undefined>(places).fill(undefined);

/** The class of the token `text.slice(from, to)`, whose running hash is given; a known one is found without a slice. */
export function tokenAt(text: string, from: number, to: number, hash: number): TokenClass {
  const place = (hash ^ (hash >>> 15)) & (places - 1);
  const there = known[place];
  if (there !== undefined && there.token.length === to - from && text.startsWith(there.token, from)) return there;
  const found = classify(text.slice(from, to));
  if (to - from <= longestKept) known[place] = found;
  return found;
}
