import { hits, isHit, type Label } from '../../../src/domain/quality/labels.ts';
import { apartSec } from '../../../src/domain/quality/predictions.ts';
import { startOf } from '../../../src/domain/scoring/lag.ts';
import type { TrainingVideo } from '../../../src/domain/tuning/trainingvideo.ts';
import type { Scored } from './scored.ts';

/** Lags that `tune` tries. */
export const lags = Array.from({ length: 35 }, (_, i) => 6 + i);

/** What a video allows at most: how many of the picks can hit, and how many labels `most` picks can hit. */
export interface Bound {
  hitsOf(most: number): number;
  labelsOf(most: number): number;
}

/** The bound of picks that start at these seconds, in order of time, when they are chosen by somebody who knows the labels. */
export function bound({ labels, rule }: TrainingVideo, starts: readonly number[]): Bound {
  const useful = starts.filter((start) => isHit(rule, labels, start));
  let last = Number.NEGATIVE_INFINITY;
  let apart = 0;
  for (const start of useful) {
    if (start - last < apartSec) continue;
    apart += 1;
    last = start;
  }
  return { hitsOf: (most) => Math.min(most, apart), labelsOf: (most) => mostLabels({ labels, rule }, useful, most) };
}

/** By picks in order of time: what a pick adds are the labels that the one before it does not hit, since windows have no gaps. */
function mostLabels({ labels, rule }: Pick<TrainingVideo, 'labels' | 'rule'>, starts: readonly number[], most: number) {
  const hitBy = starts.map((start) => labels.filter((label) => hits(rule, label, start)));
  let before: number[] = starts.map(() => 0);
  let best = 0;
  for (let pick = 1; pick <= most; pick += 1) {
    const now = starts.map((start, i) => {
      const own = hitBy[i] ?? [];
      if (pick === 1) return own.length;
      let top = 0;
      for (let j = 0; j < i && start - (starts[j] ?? 0) >= apartSec; j += 1) {
        const other = new Set(hitBy[j]);
        top = Math.max(top, (before[j] ?? 0) + own.filter((label) => !other.has(label)).length);
      }
      return Math.max(top, own.length);
    });
    const reached = Math.max(0, ...now);
    if (reached === best) break;
    best = reached;
    before = now;
  }
  return best;
}

/** Every fourth second of a video: as good as every second, and sixteen times as fast. */
const stepSec = 4;
export const anyStart = ({ lengthSec }: TrainingVideo): readonly number[] =>
  Array.from({ length: Math.floor(lengthSec / stepSec) + 1 }, (_, i) => stepSec * i);

/** Starts of all maxima with a lag. */
export const peakStarts = ({ peaks }: Scored, lagSec: number): readonly number[] =>
  peaks.map(({ second }) => startOf(second, lagSec));

/** Whether a second hits a label with any lag. */
export const isHitAnyhow = (video: TrainingVideo, labels: readonly Label[], second: number): boolean =>
  lags.some((lag) => isHit(video.rule, labels, startOf(second, lag)));
