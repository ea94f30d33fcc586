import type { Interval } from '../../domain/quality/bootstrap.ts';
import type { OnlineFigures } from '../../domain/quality/figures.ts';
import { sum } from '../../domain/quality/predictions.ts';
import type { Model } from '../../domain/scoring/model.ts';
import { type Column, table } from '../table.ts';
import { figuresOf } from './evaluation.ts';
import type { SetResult } from './run.ts';

/** Lines for programs: the set, its videos, its reliability and its frontier. */
export function* evalLines(results: readonly SetResult[]): Iterable<object> {
  for (const { set, categoryKnown, evaluated, figures, reliability, frontier, ...rest } of results) {
    const of = { set, categoryKnown };
    yield { kind: 'set', ...of, ...figures, ...rest };
    for (const one of evaluated) {
      yield { kind: 'stream', ...of, id: one.video.id, labels: one.video.labels.length, ...figuresOf([one]) };
    }
    yield { kind: 'reliability', ...of, ...reliability };
    yield { kind: 'frontier', ...of, points: frontier };
  }
}

/** Says that a model was made from chats that it is measured on; null where it was not. */
export function flattery(model: Model, results: readonly SetResult[]): string | null {
  const sets = [...new Map(results.map((result) => [result.set, result])).values()];
  const known = sum(sets.map(({ learnedFrom }) => learnedFrom));
  if (known === 0) return null;
  const of = `${known} of these ${sum(sets.map(({ videos }) => videos))} chats`;
  return `${model.version} was made from ${of}, which flatters it: cliptide tune shows figures of chats that were kept out`;
}

const share = (value: number): string => value.toFixed(3).replace(/^0/, '');
const whole = (value: number | null): string => (value === null ? '' : value.toFixed(0));
const withInterval = (value: number, interval: Interval | null): string =>
  interval === null ? share(value) : `${share(value)} [${share(interval[0])} ${share(interval[1])}]`;

/** Median and 95th percentile, in seconds. */
export const delays = (figures: Pick<OnlineFigures, 'delayMedianSec' | 'delayP95Sec'>): string =>
  `${whole(figures.delayMedianSec)}/${whole(figures.delayP95Sec)}`;

const right = (title: string): Column => ({ title, align: 'right' });

/** The figures with their intervals, beside the best of the simple baselines, for people. */
export function evalReport(results: readonly SetResult[]): string {
  const ranking = ['P@5', 'P@10', 'R@10', 'R@20'] as const;
  const rows = results.flatMap((result) => {
    const known = result.categoryKnown ? 'known' : 'unknown';
    const best = ranking.map((name) => Math.max(...Object.values(result.baselines).map((figures) => figures[name])));
    const own = [
      result.set,
      known,
      ...ranking.map((name) => withInterval(result.figures[name], result.intervals[name])),
    ];
    return [own, ['', 'best baseline', ...best.map(share)]];
  });
  const rankingTable = table([{ title: 'set' }, { title: 'category' }, ...ranking.map(right)], rows);
  return `${rankingTable}\n${onlineTable(results)}`;
}

function onlineTable(results: readonly SetResult[]): string {
  const rows = results.flatMap((result) => {
    const { set, figures, intervals, chance, reliability, atRate, onlineBaseline: simple } = result;
    const known = result.categoryKnown ? 'known' : 'unknown';
    const own = [
      set,
      known,
      withInterval(figures.onlinePrecision, intervals.onlinePrecision),
      withInterval(figures.onlineRecall, intervals.onlineRecall),
      figures.perHour.toFixed(1),
      delays(figures),
      share(chance),
      reliability.brier === null ? '' : share(reliability.brier),
    ];
    const shares = [share(simple.onlinePrecision), share(simple.onlineRecall)];
    const base = ['', 'scout-online', ...shares, simple.perHour.toFixed(1), delays(simple), '', ''];
    if (atRate === null) return [own, base];
    const wish = `at a wish of ${atRate.wish.toFixed(1)}`;
    const reached = [share(atRate.precision), share(atRate.recall), atRate.perHour.toFixed(1), delays(atRate)];
    return [own, base, ['', wish, ...reached, '', '']];
  });
  const titles = ['precision on air', 'recall on air', 'an hour', 'delay', 'chance', 'Brier'].map(right);
  return table([{ title: 'set' }, { title: 'category' }, ...titles], rows);
}
