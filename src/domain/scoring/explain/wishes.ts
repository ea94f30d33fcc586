import { Detector } from '../detector.ts';
import type { Model } from '../model.ts';
import type { ScoredSecond } from '../scorer.ts';

/** What the detector saw of a second. */
export type DetectedSecond = Pick<ScoredSecond, 'second' | 'score' | 'interrupted'>;

/** Seconds of the highlights that the detector finds when so many an hour are wished throughout. */
export function highlightSeconds(model: Model, seconds: readonly DetectedSecond[], perHour: number): readonly number[] {
  const detector = new Detector(model);
  return seconds.flatMap(({ second, score, interrupted }) =>
    detector.close(score, perHour, interrupted).hindrance === null ? [second] : [],
  );
}

/** Wishes that are tried, in highlights an hour: every quarter up to 10, every half up to 20, then by 1, 2 and 5. */
export const triedWishes: readonly number[] = [
  ...steps(0.25, 10, 0.25),
  ...steps(10.5, 20, 0.5),
  ...steps(21, 30, 1),
  ...steps(32, 60, 2),
  ...steps(65, 120, 5),
];

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: Math.round((to - from) / by) + 1 }, (_, index) => from + index * by);
}

/** Wishes, from the least to the most that was tried. `from` or `to` is null where nothing less or more was tried. */
export interface WishRange {
  readonly from: number | null;
  readonly to: number | null;
}

/**
 * The wishes with which a highlight would have been emitted from the second `from` to the second `to`, and those without,
 * found by running the detector over the whole broadcast once for each wish.
 */
export function wishesFor(
  model: Model,
  seconds: readonly DetectedSecond[],
  { from, to }: { readonly from: number; readonly to: number },
): { readonly emitted: readonly WishRange[]; readonly notEmitted: readonly WishRange[] } {
  const until = seconds.filter(({ second }) => second <= to);
  const emitted = triedWishes.map((wish) => highlightSeconds(model, until, wish).some((second) => second >= from));
  return { emitted: rangesWhere(emitted, true), notEmitted: rangesWhere(emitted, false) };
}

function rangesWhere(outcomes: readonly boolean[], wanted: boolean): readonly WishRange[] {
  const ranges: WishRange[] = [];
  let first: number | null = null;
  for (const [index, outcome] of [...outcomes, !wanted].entries()) {
    if (outcome === wanted) first ??= index;
    else if (first !== null) {
      ranges.push({
        from: first === 0 ? null : (triedWishes[first] ?? null),
        to: index === outcomes.length ? null : (triedWishes[index - 1] ?? null),
      });
      first = null;
    }
  }
  return ranges;
}

/** Ranges in words, such as "9 an hour or more, or with 3 to 4.5 an hour". */
export function wishWords(ranges: readonly WishRange[]): string {
  const words = ranges.map(({ from, to }) => {
    if (from === null) return to === null ? 'any number an hour' : `${to} an hour or fewer`;
    if (to === null) return `${from} an hour or more`;
    return from === to ? `${from} an hour` : `${from} to ${to} an hour`;
  });
  return words.join(', or with ');
}
