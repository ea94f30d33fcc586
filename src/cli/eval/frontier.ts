import { onlineFigures } from '../../domain/quality/figures.ts';
import type { Model } from '../../domain/scoring/model.ts';
import type { TrainingVideo } from '../../domain/tuning/trainingvideo.ts';
import { evaluated, type Wish } from './evaluation.ts';

/** What a wish gives on air. */
export interface FrontierPoint {
  readonly wish: number;
  readonly perHour: number;
  readonly precision: number;
  readonly recall: number;
  readonly delayMedianSec: number | null;
  readonly delayP95Sec: number | null;
}

const wishes = [1, 2, 3, 4, 5, 6, 7.5, 9, 12, 16, 20];
const halvings = 9;

export function pointAt(model: Model, videos: readonly TrainingVideo[], wish: Wish): FrontierPoint {
  const figures = onlineFigures(evaluated(model, videos, wish).map(({ online }) => online));
  const { onlinePrecision, onlineRecall, perHour, delayMedianSec, delayP95Sec } = figures;
  return { wish: wish.perHour, perHour, precision: onlinePrecision, recall: onlineRecall, delayMedianSec, delayP95Sec };
}

/** Precision, recall and delay against the rate, by wishes from 1 to 20 an hour. */
export const frontier = (model: Model, videos: readonly TrainingVideo[], wish: Wish): readonly FrontierPoint[] =>
  wishes.map((perHour) => pointAt(model, videos, { ...wish, perHour }));

/** The point of the wish by which a set has so many highlights an hour. */
export function pointOfRate(
  model: Model,
  videos: readonly TrainingVideo[],
  wish: Wish,
  perHour: number,
): FrontierPoint {
  let low = 0.1;
  let high = 120;
  for (let i = 0; i < halvings; i += 1) {
    const middle = Math.sqrt(low * high);
    if (pointAt(model, videos, { ...wish, perHour: middle }).perHour < perHour) low = middle;
    else high = middle;
  }
  return pointAt(model, videos, { ...wish, perHour: Math.sqrt(low * high) });
}
