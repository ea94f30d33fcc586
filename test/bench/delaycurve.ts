// Draws precision and recall on air against the delay, of what was kept out, from the lines of `cliptide tune --json`:
//   node test/bench/delaycurve.ts TUNE.ndjson docs/delay.svg
import { readFile, writeFile } from 'node:fs/promises';
import { chart, type Series } from '../../src/cli/eval/charts.ts';
import { colours } from '../../src/cli/eval/resultcharts.ts';
import type { FiguresRow } from '../../src/cli/tune/figures.ts';

type Line = Omit<FiguresRow, 'set'> & { readonly kind: string; readonly set: string };

/** Sets whose labels have bounds that people set; of a window of minutes a delay says nothing. */
const shown = new Map([
  ['lightor-dota2', 'Dota 2'],
  ['lightor-lol', 'League of Legends'],
]);
const css = `text{font:11px system-ui,sans-serif;fill:#57606a}.title{font-weight:600;fill:#24292f}.grid{stroke:#d0d7de;fill:none}
${colours.map((colour, i) => `.line-${i}{stroke:${colour};fill:none;stroke-width:1.8}.fill-${i}{fill:${colour}}`).join('')}
@media (prefers-color-scheme:dark){text{fill:#9da7b1}.title{fill:#e6edf3}.grid{stroke:#30363d}}`;

const [from = '', to = ''] = process.argv.slice(2);
const lines = (await readFile(from, 'utf8')).split('\n').filter((line) => line !== '');
const rows = lines
  .map((line) => JSON.parse(line) as Line)
  .filter(
    ({ kind, method, categoryKnown, set }) =>
      kind === 'figures' && method === 'videos' && categoryKnown && shown.has(set),
  );

const series = rows.flatMap((row, colour): Series[] => {
  const name = shown.get(row.set);
  const of = (what: 'precision' | 'recall'): Series['points'] =>
    row.byDelay.map((point): readonly [number, number] => [point.withinSec, point[what]]);
  return [
    { name: `${name}: precision`, points: of('precision'), colour, drawn: 'line and dots', isDashed: false },
    { name: `${name}: recall`, points: of('recall'), colour, drawn: 'line and dots', isDashed: true },
  ];
});
const drawn = chart({
  title: 'What is told on air, by how long after the moment',
  x: { title: 'seconds from the end of the moment, lateness bound included', from: -10, to: 30, step: 5 },
  y: { title: 'share told by then', from: 0, to: 1, step: 0.2 },
  series,
});
await writeFile(to, `${drawn.svg.replace('>', `><style>${css}</style>`)}\n`);
