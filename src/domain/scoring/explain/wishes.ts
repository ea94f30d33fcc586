import { Detector, type Hindrance } from '../detector.ts';
import type { Model } from '../model.ts';
import type { ScoredSecond } from '../scorer.ts';

/** What the detector saw of a second. */
export type DetectedSecond = Pick<ScoredSecond, 'second' | 'score' | 'interrupted'>;

interface Detected {
  readonly second: number;
  readonly hindrance: Hindrance | null;
}

/** What the detector does with each second when so many highlights an hour are wished throughout. */
function detections(model: Model, seconds: readonly DetectedSecond[], perHour: number): readonly Detected[] {
  const detector = new Detector(model);
  return seconds.map(({ second, score, interrupted }) => {
    return { second, hindrance: detector.close(score, perHour, interrupted).hindrance };
  });
}

/** Seconds of the highlights that the detector finds when so many an hour are wished throughout. */
export function highlightSeconds(model: Model, seconds: readonly DetectedSecond[], perHour: number): readonly number[] {
  return detections(model, seconds, perHour).flatMap(({ second, hindrance }) => (hindrance === null ? [second] : []));
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
  /** Whether in each of them another highlight comes before, so that this one has to wait. */
  readonly waits: boolean;
}

/** What a wish gives in a part of the broadcast. */
interface Trial {
  readonly emitted: boolean;
  /** The score reached the threshold, and nothing was emitted. */
  readonly waits: boolean;
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
  const trials = triedWishes.map((wish): Trial => {
    const near = detections(model, until, wish).filter(({ second }) => second >= from);
    const emitted = near.some(({ hindrance }) => hindrance === null);
    const isWaiting = ({ hindrance }: Detected): boolean => hindrance === 'cool-down' || hindrance === 'not-rearmed';
    return { emitted, waits: !emitted && near.some(isWaiting) };
  });
  return { emitted: rangesWhere(trials, true), notEmitted: rangesWhere(trials, false) };
}

function rangesWhere(trials: readonly Trial[], wanted: boolean): readonly WishRange[] {
  const ranges: WishRange[] = [];
  let first: number | null = null;
  for (let index = 0; index <= trials.length; index += 1) {
    if (trials[index]?.emitted === wanted) first ??= index;
    else if (first !== null) {
      ranges.push({
        from: first === 0 ? null : (triedWishes[first] ?? null),
        to: index === trials.length ? null : (triedWishes[index - 1] ?? null),
        waits: trials.slice(first, index).every(({ waits }) => waits),
      });
      first = null;
    }
  }
  return ranges;
}

/** Ranges in words, such as "9 an hour or more, or with 3 to 4.5 an hour". */
export function wishWords(ranges: readonly WishRange[]): string {
  const words = ranges.map(
    (range) => `${rangeWords(range)}${range.waits ? ' (then one before it is in its way)' : ''}`,
  );
  return words.join(', or with ');
}

function rangeWords({ from, to }: WishRange): string {
  if (from === null) return to === null ? 'any number an hour' : `${to} an hour or fewer`;
  if (to === null) return `${from} an hour or more`;
  return from === to ? `${from} an hour` : `${from} to ${to} an hour`;
}
