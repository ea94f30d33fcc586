import { type BaselineName, baselineNames, baselineRanking } from '../../domain/quality/baselines.ts';
import { type Interval, intervals } from '../../domain/quality/bootstrap.ts';
import {
  type OnlineFigures,
  onlineFigures,
  type RankingFigures,
  rankingFigures,
} from '../../domain/quality/figures.ts';
import { isHit } from '../../domain/quality/labels.ts';
import type { TimedVideo } from '../../domain/quality/onlinebaseline.ts';
import { chance, type JudgedVideo, type Prediction, sum } from '../../domain/quality/predictions.ts';
import type { Forecast } from '../../domain/quality/reliability.ts';
import { type Model, probabilityOf, weightsOf } from '../../domain/scoring/model.ts';
import { predictionsOf } from '../../domain/tuning/replay.ts';
import type { TrainingVideo } from '../../domain/tuning/trainingvideo.ts';

/** A video with what a model tells of it. */
export interface EvaluatedVideo {
  readonly video: TrainingVideo;
  readonly online: JudgedVideo;
  readonly ranked: JudgedVideo;
}

export interface Wish {
  readonly perHour: number;
  readonly latenessSec: number;
  readonly categoryKnown: boolean;
}

export function evaluated(model: Model, videos: readonly TrainingVideo[], wish: Wish): readonly EvaluatedVideo[] {
  const weights = weightsOf(model);
  return videos.map((video) => {
    const told = predictionsOf(weights, video, { ...wish, category: wish.categoryKnown ? video.category : '' });
    const judged = (predictions: readonly Prediction[]): JudgedVideo => ({
      labels: video.labels,
      rule: video.rule,
      lengthSec: video.lengthSec,
      predictions,
    });
    return { video, online: judged(told.online), ranked: judged(told.ranked) };
  });
}

export type Figures = RankingFigures & OnlineFigures;
export const figureNames = [
  'P@1',
  'P@3',
  'P@5',
  'P@10',
  'R@10',
  'R@20',
  'onlinePrecision',
  'onlineRecall',
  'perHour',
  'delayMedianSec',
  'delayP95Sec',
] as const satisfies readonly (keyof Figures)[];

export const figuresOf = (videos: readonly EvaluatedVideo[]): Figures => ({
  ...rankingFigures(videos.map(({ ranked }) => ranked)),
  ...onlineFigures(videos.map(({ online }) => online)),
});

export interface SetEvaluation {
  readonly videos: number;
  readonly labels: number;
  readonly hours: number;
  readonly chance: number;
  readonly figures: Figures;
  readonly intervals: Readonly<Record<(typeof figureNames)[number], Interval | null>>;
}

export function setEvaluation(videos: readonly EvaluatedVideo[]): SetEvaluation {
  return {
    videos: videos.length,
    labels: sum(videos.map(({ video }) => video.labels.length)),
    hours: sum(videos.map(({ video }) => video.lengthSec)) / 3600,
    chance: sum(videos.map(({ online }) => chance(online))) / Math.max(1, videos.length),
    figures: figuresOf(videos),
    intervals: intervals(videos, figureNames, figuresOf),
  };
}

/** Figures of the simple baselines' rankings of the same videos. */
export function baselinesOf(videos: readonly TimedVideo[]): Readonly<Record<BaselineName, RankingFigures>> {
  const figures = (name: BaselineName): RankingFigures =>
    rankingFigures(videos.map((video) => ({ ...video, predictions: baselineRanking(name, video.timesSec) })));
  const entries = baselineNames.map((name): [BaselineName, RankingFigures] => [name, figures(name)]);
  return Object.fromEntries(entries) as Record<BaselineName, RankingFigures>;
}

/** The highlights told on air, with the probability that the model gives to each; empty where it is not calibrated. */
export function forecasts(model: Model, videos: readonly EvaluatedVideo[]): readonly Forecast[] {
  return videos.flatMap(({ online: { labels, rule, predictions } }) =>
    predictions.flatMap(({ startSec, score }) => {
      const probability = probabilityOf(model, score);
      return probability === null ? [] : [{ probability, hit: isHit(rule, labels, startSec) }];
    }),
  );
}
