import type { ScoredSecond } from '../scorer.ts';

type Point = Pick<ScoredSecond, 'second' | 'score'>;

/** A maximum is higher than the five seconds before it and not lower than the five after, as for the ranking. */
const reachSec = 5;

/** The place in `seconds` of the local maximum nearest to a second, at most `withinSec` away; of two the higher one. */
export function nearestMaximum(seconds: readonly Point[], second: number, withinSec: number): number | null {
  let best: { readonly index: number; readonly away: number; readonly score: number } | null = null;
  for (const [index, point] of seconds.entries()) {
    const away = Math.abs(point.second - second);
    if (away > withinSec || !isMaximum(seconds, index)) continue;
    const isBetter = best === null || away < best.away || (away === best.away && point.score > best.score);
    if (isBetter) best = { index, away, score: point.score };
  }
  return best?.index ?? null;
}

function isMaximum(seconds: readonly Point[], index: number): boolean {
  const score = seconds[index]?.score ?? Number.NEGATIVE_INFINITY;
  const before = seconds.slice(Math.max(0, index - reachSec), index);
  const after = seconds.slice(index + 1, index + 1 + reachSec);
  return before.every((other) => score > other.score) && after.every((other) => score >= other.score);
}
