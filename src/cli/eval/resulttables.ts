import type { Interval } from '../../domain/quality/bootstrap.ts';
import { element, type Markup } from '../plot/markup.ts';
import { figuresOf } from './evaluation.ts';
import { delays } from './report.ts';
import type { SetResult } from './run.ts';

export const nameOf = ({ set, categoryKnown }: SetResult): string => (categoryKnown ? set : `${set}, unknown`);

const ranking = ['P@5', 'P@10', 'R@10', 'R@20'] as const;
const shares = [...ranking, 'onlinePrecision', 'onlineRecall'] as const;
const titles = ['P@5', 'P@10', 'R@10', 'R@20', 'precision', 'recall', 'an hour', 'delay'];

const share = (value: number): string => value.toFixed(3);

const row = (kind: 'th' | 'td', cells: readonly (Markup | string)[]): Markup =>
  element('tr', {}, ...cells.map((cell) => element(kind, {}, cell)));
const wide = (...rows: readonly Markup[]): Markup => element('div', { class: 'wide' }, element('table', {}, ...rows));

/** A figure above its interval. */
function withInterval(value: number, interval: Interval | null): Markup {
  const bounds = interval === null ? [] : [element('small', {}, `${share(interval[0])} to ${share(interval[1])}`)];
  return element('span', {}, share(value), ...bounds);
}

/** Each set's figures with their intervals, above those of the best simple baseline. */
export function setsTable(results: readonly SetResult[]): Markup {
  const rows = results.flatMap((result) => {
    const { figures, intervals, baselines, videos, onlineBaseline: simple } = result;
    const own = shares.map((name) => withInterval(figures[name], intervals[name]));
    const best = ranking.map((name) => share(Math.max(...Object.values(baselines).map((other) => other[name]))));
    const online = [simple.onlinePrecision, simple.onlineRecall].map(share);
    return [
      row('td', [nameOf(result), `${videos} videos`, ...own, figures.perHour.toFixed(1), delays(figures)]),
      row('td', ['', 'best baseline', ...best, ...online, simple.perHour.toFixed(1), delays(simple)]),
    ];
  });
  return wide(row('th', ['set', '', ...titles]), ...rows);
}

/** Each stream of a set, folded up. */
export function streamsTable(result: SetResult): Markup {
  const rows = result.evaluated.map((one) => {
    const figures = figuresOf([one]);
    const { labels, id } = one.video;
    const cells = shares.map((name) => share(figures[name]));
    return row('td', [id, String(labels.length), ...cells, figures.perHour.toFixed(1), delays(figures)]);
  });
  const summary = element('summary', {}, nameOf(result));
  return element('details', {}, summary, wide(row('th', ['stream', 'labels', ...titles]), ...rows));
}
