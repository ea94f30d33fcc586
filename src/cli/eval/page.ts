import { delaysOf } from '../../domain/quality/figures.ts';
import type { Model } from '../../domain/scoring/model.ts';
import { element, escaped, type Markup } from '../plot/markup.ts';
import { clockName } from '../recording/cliprow.ts';
import { chart, type Series } from './charts.ts';
import { figuresOf } from './evaluation.ts';
import type { SetResult } from './run.ts';
import type { Mistake } from './worst.ts';

/** Colours tell apart for most colour-blind people (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c959f'];
const css = `
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;color:#1f2328;background:#fff;max-width:1000px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(400px,1fr));gap:1rem}
svg text{font:11px system-ui,"DejaVu Sans",sans-serif;fill:#57606a}svg .title{font-size:13px;font-weight:600;fill:#1f2328}
.grid{stroke:#eaeef2;fill:none}.ideal{stroke:#8c959f;stroke-dasharray:4 3;fill:none}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #eaeef2}
td:first-child,th:first-child,td:nth-child(2),th:nth-child(2){text-align:left}
details{margin:.3rem 0}summary{cursor:pointer}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px;background:#f6f8fa;padding:.6rem;border-radius:6px}
${colours.map((colour, i) => `.line-${i}{stroke:${colour};stroke-width:1.6;fill:none}.fill-${i}{fill:${colour}}`).join('')}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#f0f6fc}svg text{fill:#9198a1}svg .title{fill:#f0f6fc}.grid,td,th{stroke:#21262d;border-color:#21262d}pre{background:#161b22}}
`.replaceAll('\n', '');

const nameOf = ({ set, categoryKnown }: SetResult): string => (categoryKnown ? set : `${set}, unknown`);
const share = (value: number): string => value.toFixed(3);
const whole = (value: number | null): string => (value === null ? '' : value.toFixed(0));

/** A page without anything from elsewhere: curves, streams, and the worst mistakes with the chat around them. */
export function evalPage(model: Model, results: readonly SetResult[], mistakes: readonly Mistake[]): string {
  const told = mistakes.filter(({ kind }) => kind === 'told');
  const missed = mistakes.filter(({ kind }) => kind === 'missed');
  const body = [
    element('h1', {}, `How well ${model.version} finds the moments`),
    element('div', { class: 'charts' }, ...charts(results)),
    element('h2', {}, 'Sets'),
    figuresTable(results.map((result) => [nameOf(result), `${result.videos} videos`, result.figures])),
    element('h2', {}, 'Streams'),
    figuresTable(
      results.flatMap((result) =>
        result.evaluated.map((one) => [nameOf(result), one.video.id, figuresOf([one])] as const),
      ),
    ),
    element('h2', {}, 'Told, and no label is there'),
    ...told.map(mistake),
    element('h2', {}, 'Labels that were not told'),
    ...missed.map(mistake),
  ];
  const head = `<meta charset="utf-8"><title>${escaped(model.version)}</title><style>${css}</style>`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body>${body.map(({ svg }) => svg).join('\n')}</body></html>\n`;
}

function charts(results: readonly SetResult[]): readonly Markup[] {
  const lines = (
    of: (result: SetResult) => readonly (readonly [number, number])[],
    drawn: Series['drawn'] = 'line and dots',
  ): readonly Series[] =>
    results.map((result, i) => ({ name: nameOf(result), points: of(result), colour: i % colours.length, drawn }));
  const rate = { title: 'highlights an hour', from: 0, to: 20, step: 4 };
  const unit = (title: string) => ({ title, from: 0, to: 1, step: 0.2 });
  const [precision, recall] = [unit('precision'), unit('recall')];
  return [
    chart({
      title: 'Precision on air',
      x: rate,
      y: precision,
      series: lines(({ frontier }) => frontier.map((point) => [point.perHour, point.precision])),
    }),
    chart({
      title: 'Recall on air',
      x: rate,
      y: recall,
      series: lines(({ frontier }) => frontier.map((point) => [point.perHour, point.recall])),
    }),
    chart({
      title: 'Delay from the end of a label to the highlight',
      x: { title: 'seconds', from: -60, to: 60, step: 20 },
      y: unit('share of the highlights that hit, told by then'),
      series: lines(delayCurve, 'line'),
    }),
    chart({
      title: 'Reliability',
      x: unit('probability that was given'),
      y: unit('share that hit'),
      diagonal: true,
      series: lines(
        ({ reliability }) =>
          reliability.bins.flatMap(({ predicted, observed }) =>
            predicted === null || observed === null ? [] : [[predicted, observed] as const],
          ),
        'dots',
      ),
    }),
  ];
}

function delayCurve({ evaluated }: SetResult): readonly (readonly [number, number])[] {
  const delays = evaluated.flatMap(({ online }) => delaysOf(online)).sort((a, b) => a - b);
  return delays.map((delay, i) => [delay, (i + 1) / delays.length]);
}

type FiguresRow = readonly [set: string, what: string, figures: ReturnType<typeof figuresOf>];

function figuresTable(rows: readonly FiguresRow[]): Markup {
  const titles = ['set', '', 'P@5', 'P@10', 'R@10', 'R@20', 'precision', 'recall', 'an hour', 'delay'];
  const cells = ([set, what, figures]: FiguresRow): string[] => [
    set,
    what,
    ...(['P@5', 'P@10', 'R@10', 'R@20', 'onlinePrecision', 'onlineRecall'] as const).map((name) =>
      share(figures[name]),
    ),
    figures.perHour.toFixed(1),
    `${whole(figures.delayMedianSec)}/${whole(figures.delayP95Sec)}`,
  ];
  const row = (kind: 'th' | 'td', texts: readonly string[]): Markup =>
    element('tr', {}, ...texts.map((text) => element(kind, {}, text)));
  return element('table', {}, row('th', titles), ...rows.map((one) => row('td', cells(one))));
}

function mistake({ set, id, startSec, score, awaySec, chat }: Mistake): Markup {
  const told = score === null ? '' : `, score ${score.toFixed(2)}`;
  const away = awaySec === null ? '' : `, ${awaySec.toFixed(0)} s from the nearest label`;
  const lines = chat.map(
    ({ atMs, user, text }) => `${(atMs / 1000 - startSec).toFixed(0).padStart(4)} s  ${user}: ${text}`,
  );
  const title = `${set} ${id} at ${clockName(startSec)}${told}${away}`;
  return element('details', {}, element('summary', {}, title), element('pre', {}, linesOf(lines)));
}

const linesOf = (lines: readonly string[]): Markup => ({ svg: lines.map(escaped).join('\n') });
