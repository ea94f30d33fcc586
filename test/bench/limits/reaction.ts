import type { Label } from '../../../src/domain/quality/labels.ts';
import { sum } from '../../../src/domain/quality/predictions.ts';
import { anyStart, bound } from './bounds.ts';
import { markdown, mean, percent, share } from './markdown.ts';
import type { KeptOut } from './oracles.ts';
import type { Scored } from './scored.ts';

const windowSec = 10;

/** Messages of the last ten seconds, by second. */
export function rates(timesSec: readonly number[], lengthSec: number): Float64Array {
  const counts = new Float64Array(Math.floor(lengthSec) + 1);
  for (const time of timesSec) {
    const at = Math.min(counts.length - 1, Math.max(0, Math.floor(time)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let within = 0;
  return counts.map((count, i) => {
    within += count - (counts[i - windowSec] ?? 0);
    return within;
  });
}

/** The scores by second of the video; unscored seconds are lowest. */
export function scoresBySecond({ video, scores }: Scored): Float64Array {
  const values = new Float64Array(Math.floor(video.lengthSec) + 1).fill(Number.NEGATIVE_INFINITY);
  for (const [place, score] of scores.entries()) {
    const second = video.firstSecond + place;
    if (second >= 0 && second < values.length) values[second] = score;
  }
  return values;
}

const top = (values: Float64Array, from: number, length: number): number => {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = Math.max(0, from); i < Math.min(values.length, from + length); i += 1) {
    most = Math.max(most, values[i] ?? most);
  }
  return most;
};

/**
 * Where the highest value in the seconds that would tell of a label lies among those of all stretches as long in the same
 * video: 0 lowest, 1 highest. Labels in which nothing happens are anywhere with equal probability.
 */
export function standing({ video, lag }: Scored, label: Label, values: Float64Array): number {
  const from = Math.floor(label.startSec - video.rule.beforeSec + lag.rankedStartSec);
  const until = Math.floor(Math.max(label.startSec, label.endSec) + video.rule.afterSec + lag.rankedStartSec);
  const length = until - from + 1;
  const own = top(values, from, length);
  let below = 0;
  let all = 0;
  for (let at = 0; at + length <= values.length; at += 5) {
    const other = top(values, at, length);
    below += other < own ? 1 : other === own ? 0.5 : 0;
    all += 1;
  }
  return all === 0 ? 0.5 : below / all;
}

/** How far chat reacts to the labels at all, and what could be found of those that it reacts to. */
export function reactions(sets: readonly KeptOut[], timesSec: (one: Scored) => readonly number[]): string {
  const rows = sets.flatMap(({ name, videos }) => {
    const standings = videos.map((one) => {
      const rate = rates(timesSec(one), one.video.lengthSec);
      const score = scoresBySecond(one);
      const { labels } = one.video;
      return labels.map((label) => ({
        label,
        rate: standing(one, label, rate),
        score: standing(one, label, score),
      }));
    });
    const all = standings.flat();
    const reacting = (bar: number): string[] => {
      const bounds = videos.map(({ video }, i) => {
        const labels = (standings[i] ?? []).filter(({ score }) => score >= bar).map(({ label }) => label);
        return bound({ ...video, labels }, anyStart(video));
      });
      const precision = (k: number): string => share(mean(bounds.map((one) => one.hitsOf(k) / k)));
      const recall = (k: number): string => share(sum(bounds.map((one) => one.labelsOf(k))) / all.length);
      return [precision(5), precision(10), recall(20)];
    };
    const below = (of: 'rate' | 'score', bar: number): string =>
      percent(all.filter((one) => one[of] < bar).length, all.length);
    const bars = [0.5, 0.75, 0.9];
    return bars.map((bar) => [
      `${name}, ${Math.round(100 * bar)} %`,
      below('rate', bar),
      below('score', bar),
      ...reacting(bar),
    ]);
  });
  return markdown(
    [
      'set, height that stretches as long stay below',
      'labels below, messages',
      'labels below, score',
      'P@5 of the others',
      'P@10',
      'R@20',
    ],
    rows,
  );
}
