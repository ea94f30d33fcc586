import { sum } from '../quality/predictions.ts';
import { type Model, weightsOf } from '../scoring/model.ts';
import { crossings, scoresOf } from './replay.ts';
import { bySet, setWeight } from './setweights.ts';
import type { TrainingVideo } from './trainingvideo.ts';

const farthest = 12;
const stride = 0.5;
const halvings = 12;
/** The rarest wish that the threshold can rise to. */
const rarestPerHour = 0.25;
/** Wishes between which the threshold's fall with the rate is measured. */
const slopeWishes = { rare: 4, often: 12 } as const;
/** Where the base model does not say it; found on chat sets, with and without the lists of words. */
const usualImpatience = 1;
const rounded = (value: number): number => Number(value.toFixed(4));

type Scores = ReadonlyMap<TrainingVideo, Float64Array>;

/** Highlights an hour with the model's own wish, the sets by their weights. */
function rate(model: Model, scores: Scores): number {
  const weights = weightsOf(model);
  const sets = bySet([...scores.keys()]).map((set) => {
    const found = sum(
      set.map(
        (video) => crossings(weights, video, scores.get(video) ?? new Float64Array(), model.controller.perHour).length,
      ),
    );
    return { weight: setWeight(set), perHour: found / (sum(set.map(({ lengthSec }) => lengthSec)) / 3600) };
  });
  return sum(sets.map(({ weight, perHour }) => weight * perHour)) / sum(sets.map(({ weight }) => weight));
}

/** The threshold that, without moving, gives `perHour` highlights an hour on the whole. */
function stillThreshold(model: Model, scores: Scores, perHour: number): number {
  const isEnough = (threshold: number): boolean => {
    const controller = { ...model.controller, step: 0, lowest: threshold, highest: threshold };
    return rate({ ...model, threshold, controller }, scores) >= perHour;
  };
  // From above: far below the scores nothing re-arms the detector, and the rate falls again.
  let high = farthest;
  while (high > -farthest && !isEnough(high - stride)) high -= stride;
  let low = high - stride;
  for (let i = 0; i < halvings; i += 1) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The model with the threshold at which the videos have, on the whole, as many highlights an hour as the base model
 * wishes, how far it falls with the logarithm of the wish, and bounds that moved along with it.
 */
export function fitThreshold(base: Model, model: Model, videos: readonly TrainingVideo[]): Model {
  const weights = weightsOf(model);
  const scores = new Map(videos.map((video) => [video, scoresOf(weights, video)]));
  const { perHour, lowest, highest } = base.controller;
  const { rare, often } = slopeWishes;
  const fall = stillThreshold(model, scores, rare) - stillThreshold(model, scores, often);
  const byLogRate = Math.max(0, fall / Math.log(often / rare));
  const at = (threshold: number): Model => {
    const moved = threshold - base.threshold;
    const rarest = threshold + byLogRate * Math.log(perHour / rarestPerHour);
    const controller = {
      ...base.controller,
      lowest: rounded(lowest + moved),
      highest: rounded(Math.max(highest + moved, rarest)),
      byLogRate: rounded(byLogRate),
      impatience: 0,
    };
    return { ...model, threshold: rounded(threshold), controller };
  };
  const still = stillThreshold(model, scores, perHour);
  // The controller lowers the threshold of quiet broadcasts: what it adds is taken off at the beginning.
  const met = rate(at(still), scores);
  const fitted = at(met === 0 ? still : still + byLogRate * Math.log(met / perHour));
  // What impatience adds, in quiet broadcasts, is not to be taken from the others.
  const impatience = base.controller.impatience ?? usualImpatience;
  return { ...fitted, controller: { ...fitted.controller, impatience } };
}
