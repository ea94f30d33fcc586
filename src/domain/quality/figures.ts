import { hits } from './labels.ts';
import { hitCount, type JudgedVideo, labelsHit, separated, sum } from './predictions.ts';

/** Figures of a ranking, as `judge.py` of the development sets has them. */
export interface RankingFigures {
  /** Share of the K best that hit, averaged over the videos; a ranking of fewer than K misses with the rest. */
  readonly 'P@1': number;
  readonly 'P@3': number;
  readonly 'P@5': number;
  readonly 'P@10': number;
  /** Share of all labels that the K best of each video hit. */
  readonly 'R@10': number;
  readonly 'R@20': number;
}

/** Figures of what was told on air, every one as it came. */
export interface OnlineFigures {
  readonly onlinePrecision: number;
  readonly onlineRecall: number;
  readonly perHour: number;
  /** Seconds from the end of the label that was hit to the emission; null where nothing was hit. */
  readonly delayMedianSec: number | null;
  readonly delayP95Sec: number | null;
}

const share = (part: number, whole: number): number => part / Math.max(whole, 1);

export function rankingFigures(videos: readonly JudgedVideo[]): RankingFigures {
  const rankings = videos.map((video) => ({ video, ranking: separated(video.predictions, 20) }));
  const precision = (k: number): number =>
    share(sum(rankings.map(({ video, ranking }) => hitCount(video, ranking.slice(0, k)) / k)), videos.length);
  const labels = sum(videos.map((video) => video.labels.length));
  const recall = (k: number): number =>
    share(sum(rankings.map(({ video, ranking }) => labelsHit(video, ranking.slice(0, k)))), labels);
  const precisions = { 'P@1': precision(1), 'P@3': precision(3), 'P@5': precision(5), 'P@10': precision(10) };
  return { ...precisions, 'R@10': recall(10), 'R@20': recall(20) };
}

export function onlineFigures(videos: readonly JudgedVideo[]): OnlineFigures {
  const told = sum(videos.map(({ predictions }) => predictions.length));
  const labels = sum(videos.map((video) => video.labels.length));
  const hours = sum(videos.map(({ lengthSec }) => lengthSec)) / 3600;
  const delays = videos.flatMap(delaysOf);
  return {
    onlinePrecision: share(sum(videos.map((video) => hitCount(video, video.predictions))), told),
    onlineRecall: share(sum(videos.map((video) => labelsHit(video, video.predictions))), labels),
    perHour: hours === 0 ? 0 : told / hours,
    delayMedianSec: percentile(delays, 50),
    delayP95Sec: percentile(delays, 95),
  };
}

/** From the end of the label that was hit (of several the one that ended nearest to the emission) to the emission. */
export function delaysOf({ labels, rule, predictions }: JudgedVideo): readonly number[] {
  return predictions.flatMap(({ startSec, emittedAtSec }) => {
    if (emittedAtSec === undefined) return [];
    const delays = labels.filter((label) => hits(rule, label, startSec)).map(({ endSec }) => emittedAtSec - endSec);
    return delays.length === 0 ? [] : [delays.reduce((best, next) => (Math.abs(next) < Math.abs(best) ? next : best))];
  });
}

/** Percentile with linear interpolation between the two nearest values, as numpy's default; null of nothing. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (place - Math.floor(place));
}
