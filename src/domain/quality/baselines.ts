import { apartSec, type Prediction } from './predictions.ts';

/** Simple detectors to be better than, as `judge.py` of the development sets has them. */
export const baselineNames = ['raw15', 'scout', 'rate10z'] as const;
export type BaselineName = (typeof baselineNames)[number];

const windows: Readonly<Record<BaselineName, number>> = { raw15: 15, scout: 5, rate10z: 10 };
const historySec = 300;
/** From a moment to chat's answer, whatever is shown. */
export const lagSec = 20;
const most = 20;
const noHistory = -9;

/** Messages of each second, from 0 to the last one's. */
export function perSecond(timesSec: readonly number[]): Float64Array {
  const last = timesSec.reduce((latest, time) => Math.max(latest, time), 0);
  const counts = new Float64Array(Math.floor(last) + 1);
  for (const time of timesSec) {
    const at = Math.min(Math.max(Math.floor(time), 0), counts.length - 1);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

function sums(values: Float64Array): Float64Array {
  const total = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) total[i + 1] = (total[i] ?? 0) + (values[i] ?? 0);
  return total;
}

/**
 * The score of every second: `raw15` counts the messages of 15 s, `scout` and `rate10z` say how many standard deviations
 * the rate of 5 or 10 s lies above that of the 300 s before.
 */
export function secondScores(name: BaselineName, counts: Float64Array): Float64Array {
  const window = windows[name];
  const total = sums(counts);
  const squares = sums(counts.map((count) => count * count));
  return Float64Array.from(counts, (_, i) => {
    const from = Math.max(i - window + 1, 0);
    const within = (total[i + 1] ?? 0) - (total[from] ?? 0);
    if (name === 'raw15') return within;
    const begin = Math.max(from - historySec, 0);
    if (from - begin < 0.8 * historySec) return noHistory;
    const mean = ((total[from] ?? 0) - (total[begin] ?? 0)) / (from - begin);
    const variance = ((squares[from] ?? 0) - (squares[begin] ?? 0)) / (from - begin) - mean * mean;
    return (within / window - mean) / (Math.sqrt(Math.max(variance, 0)) + 1e-9);
  });
}

/** A baseline's ranking of a video, from the times of its messages in seconds. */
export function baselineRanking(name: BaselineName, timesSec: readonly number[]): readonly Prediction[] {
  const score = secondScores(name, perSecond(timesSec));
  const order = Array.from(score.keys()).sort((a, b) => (score[b] ?? 0) - (score[a] ?? 0) || a - b);
  const chosen: number[] = [];
  for (const second of order) {
    if (chosen.length === most) break;
    if (chosen.every((other) => Math.abs(other - second) >= apartSec)) chosen.push(second);
  }
  return chosen.map((second) => ({ startSec: second - lagSec, score: score[second] ?? 0 }));
}
