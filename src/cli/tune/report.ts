import type { Lag } from '../../domain/scoring/lag.ts';
import type { Model } from '../../domain/scoring/model.ts';
import type { Decision } from '../../domain/tuning/decisions.ts';
import type { MeasuredSets } from '../eval/reading.ts';
import { table } from '../table.ts';
import type { FiguresRow, Method } from './figures.ts';
import type { Lessons } from './lessons.ts';
import type { Tuned } from './making.ts';

const methods: Readonly<Record<Method, string>> = {
  videos: 'new model, videos kept out',
  set: 'new model, set kept out',
  before: 'model before',
};

/** One line a set, method and whether the category is told, for programs. */
const figuresLine = (data: MeasuredSets, { set, ...row }: FiguresRow) => ({
  kind: 'figures',
  set: data.sets[set]?.name ?? '',
  ...row,
});

/** The lines of `--json`. */
export function tuneLines({ data, decisions }: Lessons, tuned: Tuned, out: string | undefined): readonly object[] {
  const figures = tuned.figures.map((row) => figuresLine(data, row));
  const channels = (tuned.model.lag.channels ?? []).map((channel) => ({ kind: 'channel', ...channel }));
  const decided = { kind: 'decisions', ...countsOf(decisions), agreement: tuned.agreement };
  const model = { kind: 'model', out: out ?? null, model: tuned.model };
  return [...figures, ...(decisions.length === 0 ? [] : [decided, ...channels]), model];
}

function countsOf(decisions: readonly Decision[]) {
  const of = (kind: Decision['decision']): number => decisions.filter(({ decision }) => decision === kind).length;
  return { approved: of('approved'), trimmed: of('trimmed'), rejected: of('rejected') };
}

/** What the new model does and what it changes, for people. */
export function tuneReport({ data, decisions }: Lessons, base: Model, tuned: Tuned): string {
  const parts = [figuresTable(data, tuned), decidedReport(decisions, tuned), changes(base, tuned.model)];
  return parts.filter((part) => part !== '').join('\n');
}

function figuresTable(data: MeasuredSets, { figures }: Tuned): string {
  if (figures.length === 0) return '';
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
  return table(columns, rows);
}

/** What was decided, and what that says of the model and of the channels. */
function decidedReport(decisions: readonly Decision[], { model, agreement: { now, before } }: Tuned): string {
  if (decisions.length === 0) return '';
  const { approved, trimmed, rejected } = countsOf(decisions);
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  const pairs =
    now === null || before === null
      ? ''
      : `; of an approved and a rejected moment the approved one has the higher score in ${share(now)} of the pairs, by the model before in ${share(before)}`;
  const told = `${decisions.length} decisions: ${approved} approved, ${trimmed} trimmed, ${rejected} rejected${pairs}\n`;
  const right = (title: string) => ({ title, align: 'right' as const });
  const shift = (seconds: number, error: number): string => `${seconds > 0 ? '+' : ''}${seconds} ± ${error}`;
  const rows = (model.lag.channels ?? []).map((channel) => [
    channel.channelId,
    shift(channel.startShiftSec, channel.startErrorSec),
    shift(channel.endShiftSec, channel.endErrorSec),
    String(channel.decisions),
  ]);
  const columns = [{ title: 'channel' }, right('lag of starts, s'), right('lag of ends, s'), right('decisions')];
  return rows.length === 0 ? told : `${told}\n${table(columns, rows)}`;
}

function lagRows(of: string, lag: Lag): [string, number][] {
  const { onlineStartSec, onlineEndSec, rankedStartSec, rankedEndSec, startErrorSec, endErrorSec } = lag;
  const rows: [string, number | undefined][] = [
    [`lag of starts on air${of}, s`, onlineStartSec],
    [`lag of starts in the ranking${of}, s`, rankedStartSec],
    [`lag of ends on air${of}, s`, onlineEndSec],
    [`lag of ends in the ranking${of}, s`, rankedEndSec],
    [`error of a start${of}, s`, startErrorSec],
    [`error of an end${of}, s`, endErrorSec],
  ];
  return rows.flatMap(([name, value]): [string, number][] => (value === undefined ? [] : [[name, value]]));
}

/** Weights, thresholds and lags, before and after. */
function changes(base: Model, model: Model): string {
  const names = [...new Set([...base.features, ...model.features].map(({ name }) => name))];
  const weight = (of: Model['features'] | Model['ranking'], name: string): number | null =>
    of.find((term) => term.name === name)?.weight ?? null;
  const ranking = [...new Set([...base.ranking, ...model.ranking].map(({ name }) => name))];
  const lags = (of: Model): [string, number][] => [
    ...lagRows('', of.lag),
    ...(of.lag.categories ?? []).flatMap(({ name, ...lag }) => lagRows(`, ${name}`, lag)),
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
