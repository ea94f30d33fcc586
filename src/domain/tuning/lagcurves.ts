import { isHit } from '../quality/labels.ts';
import { startOf } from '../scoring/lag.ts';
import type { TrainingVideo } from './trainingvideo.ts';

/** Seconds in which chat told of something in a video: what the lag is to be counted back from. */
export interface Told {
  readonly video: TrainingVideo;
  readonly seconds: readonly number[];
}

const leastSec = 6;
const mostSec = 40;
/** A curve is smoothed by a triangle of this half-width: hits come and go by ones. */
const halfWidthSec = 4;
/** A category's curve counts as many labels as it has, that of all videos as many as this. */
const priorLabels = 60;
/** What a lag 10 s from the base model's costs, as a share of hits, where no category is known; it grows with the square. */
const costOfTenSec = 0.05;

const lags = Array.from({ length: mostSec - leastSec + 1 }, (_, i) => leastSec + i);

/** Share of the seconds that hit, by the lag from `leastSec` to `mostSec`; each video counts equally. */
function curve(told: readonly Told[]): readonly number[] {
  const videos = told.filter(({ seconds }) => seconds.length > 0);
  return lags.map((lag) => {
    const shares = videos.map(({ video, seconds }) => {
      const hits = seconds.filter((second) => isHit(video.rule, video.labels, startOf(second, lag)));
      return hits.length / seconds.length;
    });
    return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, videos.length);
  });
}

/** The lag with the greatest smoothed share less what it costs to be far from the base; of equal ones the middle. */
function best(values: readonly number[], baseSec: number, cost: number): number {
  const smooth = values.map((_, at) => {
    let sum = 0;
    let weight = 0;
    for (let off = -halfWidthSec; off <= halfWidthSec; off += 1) {
      const value = values[at + off];
      if (value === undefined) continue;
      const share = halfWidthSec + 1 - Math.abs(off);
      sum += share * value;
      weight += share;
    }
    const away = (leastSec + at - baseSec) / 10;
    return sum / weight - cost * away * away;
  });
  const top = Math.max(...smooth);
  const first = smooth.findIndex((value) => value > top - 1e-9);
  const last = smooth.findLastIndex((value) => value > top - 1e-9);
  return leastSec + Math.round((first + last) / 2);
}

/** The start lag of a broadcast of unknown category, and that of each category, drawn towards the first where labels are few. */
export function startLags(
  told: readonly Told[],
  baseSec: number,
): {
  readonly unknown: number;
  readonly categories: ReadonlyMap<string, number>;
} {
  const names = [...new Set(told.map(({ video }) => video.category))].filter((name) => name !== '').sort();
  const named = told.some(({ video }) => video.category === '') ? [...names, ''] : names;
  const all = meanCurve(named.map((name) => curve(told.filter(({ video }) => video.category === name))));
  const categories = names.map((name): [string, number] => {
    const own = told.filter(({ video }) => video.category === name);
    const labels = own.reduce((sum, { video }) => sum + video.labels.length, 0);
    const prior = priorLabels / (labels + priorLabels);
    const mixed = curve(own).map((value, i) => value * (1 - prior) + (all[i] ?? 0) * prior);
    return [name, best(mixed, baseSec, costOfTenSec * prior)];
  });
  return { unknown: best(all, baseSec, costOfTenSec), categories: new Map(categories) };
}

const meanCurve = (curves: readonly (readonly number[])[]): readonly number[] =>
  lags.map((_, i) => curves.reduce((sum, one) => sum + (one[i] ?? 0), 0) / curves.length);
