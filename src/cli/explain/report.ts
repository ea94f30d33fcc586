import type { FeatureContribution } from '../../domain/scoring/explain/contribution.ts';
import type { Explanation } from '../../domain/scoring/explain/explanation.ts';
import { marginWords, reasons, signed } from '../../domain/scoring/explain/sentences.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';
import type { Explained } from './explained.ts';
import type { ExplainedHighlight } from './highlight.ts';
import type { HighlightRecord } from './record.ts';
import { clockText, counterfactualSentences, keptExplanation, momentSentence, outcomeSentence } from './told.ts';

/** What `explain --chat` tells people. */
export const chatReport = (path: string, found: Explained): string =>
  `${printable(path)}, scored by ${found.model.version}\n${fullReport(found)}`;

/** What `explain HIGHLIGHT` tells people. */
export function highlightReport(found: ExplainedHighlight): string {
  const head = recordReport(found.record);
  if (found.from === 'record') return `${head}from its record alone: ${found.why}\n${keptReport(found)}`;
  const where = found.from === 'file' ? 'the file of its broadcast' : 'the log';
  return `${head}scored again from the events in ${where}\n${fullReport(found.full)}`;
}

function recordReport(record: HighlightRecord): string {
  const { highlightId, streamId, run, model, peakMs, title, state, rank, terms } = record;
  const at = new Date(peakMs).toISOString().slice(0, 19).replace('T', ' ');
  const lines = [
    `highlight ${highlightId} of ${streamId} at ${at} UTC (run ${run}, found by ${model})`,
    ...(title === '' ? [] : [`title: ${title}`]),
    ...(terms.length === 0 ? [] : [`said: ${terms.join(' ')}`]),
    `now ${state === '' ? 'detected' : state}${rank === null ? '' : `, rank ${rank} of its broadcast`}`,
  ];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

function fullReport(found: Explained): string {
  const { explanation, ranked } = found;
  const lines = [
    ...pointLines(explanation, (second) => clockText(found.zeroSec + second)),
    outcomeSentence(found),
    momentSentence(found),
    ...(ranked === null
      ? []
      : [`rank ${ranked.rank} in the final ranking, with the maximum at ${clockText(ranked.sec)}`]),
  ];
  return [
    `${lines.join('\n')}\n`,
    featureReport(explanation.baseline, explanation.features),
    listed('What would have changed it:', counterfactualSentences(found)),
    chatAround(found),
  ].join('\n');
}

function pointLines({ asked, explained }: Explanation, at: (second: number) => string): readonly string[] {
  const line = (point: Explanation['asked']): string =>
    `${at(point.second)}: ${marginWords(point.score, point.threshold)}`;
  if (explained.chosen !== 'maximum') return [line(asked)];
  const apart = explained.second - asked.second;
  const where = `${Math.abs(apart)} s ${apart < 0 ? 'before' : 'after'}`;
  return [line(asked), `explained here is the nearest maximum of the score, ${where}`, line(explained)];
}

function keptReport(found: Extract<ExplainedHighlight, { readonly from: 'record' }>): string {
  const { score, threshold } = found.record;
  const { baseline, features, counterfactuals } = keptExplanation(found);
  const passed =
    threshold === null
      ? `score ${score.toFixed(2)}, by the final ranking: it was not emitted on air`
      : marginWords(score, threshold);
  const changes = counterfactuals.length === 0 ? [] : [listed('What would have changed it:', counterfactuals)];
  return [`${passed}\n`, featureReport(baseline, features), ...changes].join('\n');
}

const listed = (title: string, lines: readonly string[]): string =>
  `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;

const columns = [
  { title: 'feature' },
  { title: 'value', align: 'right' },
  { title: 'usual', align: 'right' },
  { title: 'adds', align: 'right' },
  { title: 'what it measures' },
] as const;

const figure = (value: number | null): string => (value === null ? '?' : value.toFixed(2).replace(/^-(0\.00)$/, '$1'));

function featureReport(baseline: number | null, features: readonly FeatureContribution[]): string {
  const why = reasons(features);
  const rows = features.map(({ name, value, usual, clipped, contribution, measures }) => [
    name,
    `${figure(value)}${clipped ? '*' : ''}`,
    figure(usual),
    signed(contribution),
    measures,
  ]);
  const base =
    baseline === null
      ? []
      : [['(baseline)', '', '', signed(baseline), 'the score with every feature at its usual value']];
  const note = features.some(({ clipped }) => clipped)
    ? '* counts only as far from the usual as the model allows\n'
    : '';
  const told = why.length === 0 ? ['nothing stands out'] : why;
  return `${listed('Why:', told)}\n${table(columns, [...rows, ...base])}${note}`;
}

/** So many messages are shown, evenly over the window; --json has all of them. */
const mostShown = 20;

function chatAround({ said }: Explained): string {
  const { messages, fromSec, toSec } = said;
  const span = `Chat from ${clockText(fromSec)} to ${clockText(toSec)}`;
  if (messages.length === 0) return `${span}: nothing was said\n`;
  const step = Math.max(1, messages.length / mostShown);
  const shown = messages.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  const count = shown.length === messages.length ? '' : `, ${shown.length} of its ${messages.length} messages`;
  const rows = shown.map(({ sec, user, text }) => [clockText(sec), user, text]);
  return `${span}${count}:\n${table([{ title: 'at' }, { title: 'who' }, { title: 'said' }], rows)}`;
}
