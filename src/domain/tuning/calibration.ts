import { isHit } from '../quality/labels.ts';
import { lagOf, startOf } from '../scoring/lag.ts';
import { type Model, weightsOf } from '../scoring/model.ts';
import { fitLogistic } from './logistic.ts';
import { crossings, scoresOf } from './replay.ts';
import { bySet, completeness, setWeight } from './setweights.ts';
import type { TrainingVideo } from './trainingvideo.ts';

/** Wishes whose highlights are learned from: the scores that a threshold meets. */
const wishes = [4, 8, 16];
const ridge = 0.002;
/** With less, scores far apart have the same probability. */
const leastSlope = 0.001;

/**
 * Platt's calibration (Probabilistic outputs for support vector machines, 1999): a logistic curve over the scores at which
 * highlights were emitted. `folds` are pairs of a model and videos that it has not seen, so that the curve is no flatterer.
 * Null where nothing was emitted, or a higher score did not mean more hits: the scores then say nothing.
 */
export function calibrate(
  folds: readonly { readonly model: Model; readonly videos: readonly TrainingVideo[] }[],
): NonNullable<Model['calibration']> | null {
  const all = folds.flatMap(({ videos }) => videos);
  const importanceBySet = new Map(bySet(all).map((set) => [set[0]?.set, setWeight(set) * completeness(set)]));
  const seen = folds.flatMap(({ model, videos }) => videos.flatMap((video) => emittedBy(model, video)));
  const counts = new Map<number, number>();
  for (const { set } of seen) counts.set(set, (counts.get(set) ?? 0) + 1);
  const importance = seen.map(({ set }) => (importanceBySet.get(set) ?? 0) / (counts.get(set) ?? 1));
  const total = importance.reduce((sum, value) => sum + value, 0);
  if (total === 0) return null;
  const { intercept, weights } = fitLogistic({
    width: 1,
    rows: Float64Array.from(seen, ({ score }) => score),
    targets: Uint8Array.from(seen, ({ hit }) => (hit ? 1 : 0)),
    importance: Float64Array.from(importance, (value) => value / total),
    signs: [1],
    ridge,
  });
  const slope = weights[0] ?? 0;
  return slope < leastSlope ? null : { offset: intercept, slope };
}

function emittedBy(model: Model, video: TrainingVideo) {
  const weights = weightsOf(model);
  const scores = scoresOf(weights, video);
  const lag = lagOf(model.lag, video.category).onlineStartSec;
  return wishes.flatMap((perHour) =>
    crossings(weights, video, scores, perHour).map(({ second, score }) => ({
      set: video.set,
      score,
      hit: isHit(video.rule, video.labels, startOf(second, lag)),
    })),
  );
}
