import type { Hindrance } from '../detector.ts';
import type { ScoredSecond } from '../scorer.ts';

/** A highlight so near to a second tells of the same moment. */
export const momentSec = 15;

/** What became of a second. */
export interface Outcome {
  /** Whether a highlight was emitted for this second, or within `momentSec` of it. */
  readonly emitted: boolean;
  /** The second in which that highlight began. */
  readonly emittedSecond: number | null;
  /** What kept this second itself from beginning one. */
  readonly hindrance: Hindrance | null;
  /** The latest highlight before it, whose cool-down or missing re-arming it is. */
  readonly previousSecond: number | null;
}

type Closed = Pick<ScoredSecond, 'second' | 'hindrance'>;

/** What became of the second at a place of the curve. */
export function outcomeAt(seconds: readonly Closed[], index: number): Outcome {
  const own = seconds[index];
  const second = own?.second ?? 0;
  const begun = seconds.filter(({ hindrance }) => hindrance === null).map((closed) => closed.second);
  const near = begun.filter((other) => Math.abs(other - second) <= momentSec);
  const nearest = near.sort((a, b) => Math.abs(a - second) - Math.abs(b - second))[0] ?? null;
  return {
    emitted: nearest !== null,
    emittedSecond: nearest,
    hindrance: own?.hindrance ?? null,
    previousSecond: begun.findLast((other) => other < second) ?? null,
  };
}
