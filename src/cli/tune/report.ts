import type { Model } from '../../domain/scoring/model.ts';
import type { MeasuredSets } from '../eval/reading.ts';
import { table } from '../table.ts';
import type { FiguresRow, Method, Tuned } from './making.ts';

const methods: Readonly<Record<Method, string>> = {
  videos: 'new model, videos kept out',
  set: 'new model, set kept out',
  before: 'model before',
};

/** One line a set, method and whether the category is told, for programs. */
export const figuresLine = (data: MeasuredSets, { set, ...row }: FiguresRow) => ({
  kind: 'figures',
  set: data.sets[set]?.name ?? '',
  ...row,
});

export const modelLine = (model: Model, out: string | undefined) => ({ kind: 'model', out: out ?? null, model });

/** What the new model does and what it changes, for people. */
export function tuneReport(data: MeasuredSets, base: Model, { model, figures }: Tuned): string {
  const seconds = (value: number | null): string => (value === null ? '' : value.toFixed(0));
  const share = (value: number): string => value.toFixed(3);
  const rows = figures.map((row) => [
    data.sets[row.set]?.name ?? '',
    methods[row.method],
    row.categoryKnown ? 'known' : 'unknown',
    ...[row['P@5'], row['P@10'], row['R@10'], row['R@20'], row.onlinePrecision, row.onlineRecall].map(share),
    row.perHour.toFixed(1),
    `${seconds(row.delayMedianSec)}/${seconds(row.delayP95Sec)}`,
  ]);
  const right = (title: string) => ({ title, align: 'right' as const });
  const titles = ['P@5', 'P@10', 'R@10', 'R@20', 'precision', 'recall', 'an hour', 'delay'].map(right);
  const columns = [{ title: 'set' }, { title: 'by' }, { title: 'category' }, ...titles];
  return `${table(columns, rows)}\n${changes(base, model)}`;
}

/** Weights, thresholds and lags, before and after. */
function changes(base: Model, model: Model): string {
  const names = [...new Set([...base.features, ...model.features].map(({ name }) => name))];
  const weight = (of: Model['features'] | Model['ranking'], name: string): number | null =>
    of.find((term) => term.name === name)?.weight ?? null;
  const ranking = [...new Set([...base.ranking, ...model.ranking].map(({ name }) => name))];
  const lags = (of: Model): [string, number][] => [
    ['lag on air, s', of.lag.onlineStartSec],
    ['lag in the ranking, s', of.lag.rankedStartSec],
    ...(of.lag.categories ?? []).flatMap(({ name, onlineStartSec, rankedStartSec }): [string, number][] => [
      [`lag on air, ${name}, s`, onlineStartSec],
      [`lag in the ranking, ${name}, s`, rankedStartSec],
    ]),
  ];
  const before = new Map(lags(base));
  const rows: [string, number | null, number | null][] = [
    ...names.map((name): [string, number | null, number | null] => [
      name,
      weight(base.features, name),
      weight(model.features, name),
    ]),
    ...ranking.map((name): [string, number | null, number | null] => [
      `ranking: ${name}`,
      weight(base.ranking, name),
      weight(model.ranking, name),
    ]),
    ['threshold', base.threshold, model.threshold],
    ...lags(model).map(([name, value]): [string, number | null, number] => [name, before.get(name) ?? null, value]),
  ];
  const shown = (value: number | null): string => (value === null ? '' : String(Number(value.toFixed(3))));
  const columns = [
    { title: 'weight' },
    { title: base.version, align: 'right' },
    { title: model.version, align: 'right' },
  ] as const;
  return table(
    columns,
    rows.map(([name, old, now]) => [name, shown(old), shown(now)]),
  );
}
