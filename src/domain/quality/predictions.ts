import { type HitRule, isHit, type Label } from './labels.ts';

/** A moment that was found; seconds from the start of the video. */
export interface Prediction {
  readonly startSec: number;
  readonly score: number;
  /** When it was told, on air; absent in a ranking. */
  readonly emittedAtSec?: number | undefined;
}

/** A video with its labels and what was found in it. */
export interface JudgedVideo {
  readonly labels: readonly Label[];
  readonly rule: HitRule;
  /** Time of the last message. */
  readonly lengthSec: number;
  readonly predictions: readonly Prediction[];
}

/** Two moments of a ranking are at least this far apart. */
export const apartSec = 120;

/** The predictions by score, without those that are too near to a better one. */
export function separated(predictions: readonly Prediction[], most: number): readonly Prediction[] {
  const chosen: Prediction[] = [];
  for (const next of [...predictions].sort((a, b) => b.score - a.score)) {
    if (chosen.length === most) break;
    if (chosen.every((other) => Math.abs(other.startSec - next.startSec) >= apartSec)) chosen.push(next);
  }
  return chosen;
}

/** How many of the labels are hit by at least one of the predictions. */
export function labelsHit({ labels, rule }: JudgedVideo, predictions: readonly Prediction[]): number {
  return labels.filter((label) => predictions.some(({ startSec }) => isHit(rule, [label], startSec))).length;
}

/** How many of the predictions hit a label. */
export function hitCount({ labels, rule }: JudgedVideo, predictions: readonly Prediction[]): number {
  return predictions.filter(({ startSec }) => isHit(rule, labels, startSec)).length;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Share of the video's seconds in which a start would hit. */
export function chance({ labels, rule, lengthSec }: JudgedVideo): number {
  const covered = new Uint8Array(Math.floor(lengthSec) + 1);
  for (const { startSec, endSec } of labels) {
    covered.fill(
      1,
      Math.max(0, Math.trunc(startSec - rule.beforeSec)),
      Math.max(0, Math.trunc(endSec + rule.afterSec) + 1),
    );
  }
  return sum([...covered]) / covered.length;
}
