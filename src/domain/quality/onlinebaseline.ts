import { lagSec, perSecond, secondScores } from './baselines.ts';
import { type OnlineFigures, onlineFigures } from './figures.ts';
import type { JudgedVideo, Prediction } from './predictions.ts';

/** A burst is looked at for at most so long. */
const longestSec = 25;
/** What follows the end of a burst by less begins no other. */
const restSec = 30;
const lowest = 0.5;
const halvings = 20;

/** The figures of the simple detector on air, and from how many standard deviations on it told of something. */
export interface OnlineBaseline extends OnlineFigures {
  readonly threshold: number;
}

/**
 * `scout-online` of `judge.py`: a burst begins where the rate of 5 s lies `threshold` standard deviations above that of the
 * 300 s before, and is told when it ends, or after 25 s. `scores` are `secondScores('scout', ...)`.
 */
export function scoutOnline(scores: Float64Array, threshold: number): readonly Prediction[] {
  const isAbove = (second: number): boolean => (scores[second] ?? Number.NEGATIVE_INFINITY) >= threshold;
  const told: Prediction[] = [];
  for (let second = 0; second < scores.length; second += 1) {
    if (!isAbove(second)) continue;
    let end = second;
    let peak = second;
    while (isAbove(end + 1) && end - second < longestSec) {
      end += 1;
      if ((scores[end] ?? 0) > (scores[peak] ?? 0)) peak = end;
    }
    told.push({ startSec: peak - lagSec, score: scores[peak] ?? 0, emittedAtSec: end + 1 });
    second = end + restSec;
  }
  return told;
}

/** A video that is to be judged, with the times of its messages in seconds. */
export interface TimedVideo extends Omit<JudgedVideo, 'predictions'> {
  readonly timesSec: readonly number[];
}

/** The baseline at the threshold that gives about `perHour` highlights an hour, so that it can be compared with what gives as many. */
export function onlineBaseline(videos: readonly TimedVideo[], perHour: number): OnlineBaseline {
  const scored = videos.map((video) => ({ video, scores: secondScores('scout', perSecond(video.timesSec)) }));
  const at = (threshold: number): OnlineBaseline => {
    const judged = scored.map(({ video, scores }) => ({ ...video, predictions: scoutOnline(scores, threshold) }));
    return { threshold, ...onlineFigures(judged) };
  };
  // In a chat as regular as a clock the least burst is millions of deviations high.
  const top = scored.reduce((most, { scores }) => scores.reduce((a, b) => Math.max(a, b), most), lowest);
  let [low, high] = [lowest, 2 * top];
  for (let i = 0; i < halvings; i += 1) {
    const middle = Math.sqrt(low * high);
    if (at(middle).perHour > perHour) low = middle;
    else high = middle;
  }
  return at(high);
}
