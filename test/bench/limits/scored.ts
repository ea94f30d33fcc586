import { type OnlineFigures, onlineFigures } from '../../../src/domain/quality/figures.ts';
import type { JudgedVideo } from '../../../src/domain/quality/predictions.ts';
import { type Lag, lagOf, startOf } from '../../../src/domain/scoring/lag.ts';
import { type Weights, weightsOf } from '../../../src/domain/scoring/model.ts';
import type { Unseen } from '../../../src/domain/tuning/crossvalidation.ts';
import { crossings, maxima, rankingOf, scoresOf } from '../../../src/domain/tuning/replay.ts';
import type { TrainingVideo } from '../../../src/domain/tuning/trainingvideo.ts';

/** A second with its score. */
export interface Peak {
  readonly second: number;
  readonly score: number;
}

/** A video with what a model makes of it. */
export interface Scored {
  readonly video: TrainingVideo;
  readonly weights: Weights;
  readonly scores: Float64Array;
  readonly lag: Lag;
  /** All local maxima of the score, in order of time. */
  readonly peaks: readonly Peak[];
  /** Those of the final ranking, the best first. */
  readonly ranked: readonly Peak[];
}

export const scoredBy = ({ model, videos }: Unseen): readonly Scored[] =>
  videos.map((video) => {
    const weights = weightsOf(model);
    const scores = scoresOf(weights, video);
    const peaks = maxima(weights, video, scores);
    return { video, weights, scores, lag: lagOf(model.lag, video.category), peaks, ranked: rankingOf(peaks) };
  });

/** The video with its ranking told with a lag. */
export const rankedWith = ({ video, ranked }: Scored, lagSec: number): JudgedVideo => ({
  ...video,
  predictions: ranked.map(({ second, score }) => ({ startSec: startOf(second, lagSec), score })),
});

/** The video with its ranking as its model tells it. */
export const rankedOf = (one: Scored): JudgedVideo => rankedWith(one, one.lag.rankedStartSec);

/** The video with what is told on air with a wish. */
export function onlineOf({ video, weights, scores, lag }: Scored, wish: number): JudgedVideo {
  const told = crossings(weights, video, scores, wish).map(({ second, score }) => ({
    startSec: startOf(second, lag.onlineStartSec),
    score,
    emittedAtSec: second + 1,
  }));
  return { ...video, predictions: told };
}

const halvings = 9;

/** The videos with what is told on air when the wish gives so many highlights an hour on the whole. */
export function atRate(videos: readonly Scored[], perHour: number): readonly JudgedVideo[] {
  let [low, high] = [0.1, 120];
  for (let i = 0; i < halvings; i += 1) {
    const middle = Math.sqrt(low * high);
    if (onlineFigures(videos.map((one) => onlineOf(one, middle))).perHour < perHour) low = middle;
    else high = middle;
  }
  return videos.map((one) => onlineOf(one, Math.sqrt(low * high)));
}

export const onlineAtRate = (videos: readonly Scored[], perHour: number): OnlineFigures =>
  onlineFigures(atRate(videos, perHour));
