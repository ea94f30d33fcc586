import type { Model } from '../../domain/scoring/model.ts';
import { element, escaped, type Markup } from '../plot/markup.ts';
import { clockName } from '../recording/cliprow.ts';
import { flattery } from './report.ts';
import { colours, resultCharts } from './resultcharts.ts';
import { setsTable, streamsTable } from './resulttables.ts';
import type { SetResult } from './run.ts';
import type { Mistake } from './worst.ts';

const css = `
:root{--text:#1f2328;--quiet:#57606a;--rule:#eaeef2;--back:#fff;--well:#f6f8fa}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;color:var(--text);background:var(--back);max-width:1060px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.4rem}h2{font-size:1.15rem;margin-top:2.2rem}.note{color:var(--quiet);font-size:13px;margin:.2rem 0 1rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(400px,100%),1fr));gap:1.4rem}
svg text{font:11px system-ui,"DejaVu Sans",sans-serif;fill:var(--quiet)}svg .title{font-size:13px;font-weight:600;fill:var(--text)}
.grid{stroke:var(--rule);fill:none}.ideal{stroke:#8c959f;stroke-dasharray:4 3;fill:none}.bar{stroke-opacity:.45}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
td,th{padding:.2rem .6rem;text-align:right;vertical-align:top;white-space:nowrap;border-bottom:1px solid var(--rule)}small{display:block;color:var(--quiet);font-size:11px}
td:first-child,th:first-child{text-align:left}td:nth-child(2){color:var(--quiet)}
details{margin:.3rem 0}summary{cursor:pointer}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px;background:var(--well);padding:.6rem;border-radius:6px}
${colours.map((colour, i) => `.line-${i}{stroke:${colour};stroke-width:1.6;fill:none}.fill-${i}{fill:${colour}}`).join('')}
@media(prefers-color-scheme:dark){:root{--text:#f0f6fc;--quiet:#9198a1;--rule:#21262d;--back:#0d1117;--well:#161b22}}
`.replaceAll('\n', '');

/** Chat is hostile: whatever would slip through the escaping may load and run nothing. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
const viewport =
  '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">';

/** A page without anything from elsewhere: curves, streams, and the worst mistakes with the chat around them. */
export function evalPage(model: Model, results: readonly SetResult[], mistakes: readonly Mistake[]): string {
  const told = mistakes.filter(({ kind }) => kind === 'told');
  const missed = mistakes.filter(({ kind }) => kind === 'missed');
  const body = [
    element('h1', {}, `How well ${model.version} finds the moments`),
    ...notes(model, results),
    element('div', { class: 'charts' }, ...resultCharts(results)),
    element('h2', {}, 'Sets'),
    setsTable(results),
    element('h2', {}, 'Streams'),
    ...results.map(streamsTable),
    element('h2', {}, `Told, and no label is there: the ${told.length} with the highest scores`),
    ...told.map(mistake),
    element('h2', {}, `Labels that were not told: ${missed.length} from all over`),
    ...missed.map(mistake),
  ];
  const head = `<meta charset="utf-8">${policy}${viewport}<title>${escaped(model.version)}</title><style>${css}</style>`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body>${body.map(({ svg }) => svg).join('\n')}</body></html>\n`;
}

function notes(model: Model, results: readonly SetResult[]): readonly Markup[] {
  const warning = flattery(model, results);
  const reading =
    'A colour is a set; dashed, and called unknown: its category was not told. Intervals are of 95 %, by a bootstrap over the videos. Delay: median and 95th percentile, in seconds.';
  return [reading, ...(warning === null ? [] : [`${warning}.`])].map((text) => element('p', { class: 'note' }, text));
}

function mistake({ set, id, startSec, score, awaySec, chat, said }: Mistake): Markup {
  const told = score === null ? '' : `, score ${score.toFixed(2)}`;
  const away = awaySec === null ? '' : `, ${awaySec.toFixed(0)} s from where it would hit`;
  const lines = chat.map(
    ({ atMs, user, text }) => `${(atMs / 1000 - startSec).toFixed(0).padStart(4)} s  ${user}: ${text}`,
  );
  const title = `${set} ${id} at ${clockName(startSec)}${told}${away}`;
  const shown = chat.length < said ? `${chat.length} of ${said} messages` : `${said} messages`;
  const inside = [element('p', { class: 'note' }, shown), element('pre', {}, linesOf(lines))];
  return element('details', {}, element('summary', {}, title), ...inside);
}

const linesOf = (lines: readonly string[]): Markup => ({ svg: lines.map(escaped).join('\n') });
