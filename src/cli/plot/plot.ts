import { legendOf } from './legend.ts';
import { marksHeight, marksOf } from './marks.ts';
import { element, type Markup, pathThrough, styles } from './markup.ts';
import { roundTicks, type Scale, scaleOf, timeText, timeTicks } from './scale.ts';
import { columnsOf, type PlotColumn, type PlotLabel, type PlotSeries } from './series.ts';
import { plotStyles } from './style.ts';

/** All in pixels. */
const width = 1_280;
const left = 56;
const right = width - 20;
const panelTop = 66 + marksHeight;
const panelBottom = panelTop + 300;
const rateTop = panelBottom + 22;
const rateBottom = rateTop + 84;
const height = rateBottom + 44;

type Columns = readonly (PlotColumn | null)[];

/** An SVG of a scored broadcast: the curve with threshold, highlights and labels, and the message rate below it. */
export function plotSvg(series: PlotSeries): string {
  const { seconds, highlights, labels, title, subtitle } = series;
  const columns = columnsOf(seconds, right - left);
  const x = scaleOf([seconds[0]?.sec ?? 0, seconds.at(-1)?.sec ?? 0], [left, right], 30);
  const scores = columns.flatMap((column) =>
    column === null ? [] : [column.lowest, column.highest, column.threshold],
  );
  const y = scaleOf(padded(scores), [panelBottom, panelTop], 1);
  const rates = columns.map((column) => column?.rate ?? 0);
  const rate = scaleOf([0, Math.max(0.1, ...rates)], [rateBottom, rateTop], 1);
  const empty = element('text', { x: (left + right) / 2, y: 250, 'text-anchor': 'middle' }, 'no second was scored');
  const svg = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' },
    element('title', {}, title),
    styles(plotStyles),
    element('rect', { class: 'paper', width, height }),
    element('text', { class: 'title', x: left, y: 28 }, title),
    element('text', { x: left, y: 48 }, subtitle),
    legendOf(labels, highlights.length > 0, right, 48),
    ...timeAxis(x),
    ...valueAxis(y, 'score', [panelTop, panelBottom], 6),
    ...valueAxis(rate, 'messages/s', [rateTop, rateBottom], 3),
    ...labels.flatMap((label) => band(label, x)),
    ...(seconds.length === 0 ? [empty] : curves(columns, x, y, rate)),
    ...marksOf(highlights, { x, y }, panelTop, [left, right]),
  );
  return `${svg.svg}\n`;
}

/** The range of some values with a little room around them. */
function padded(values: readonly number[]): [number, number] {
  if (values.length === 0) return [-1, 1];
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const room = (highest - lowest) * 0.05;
  return [lowest - room, highest + room];
}

function curves(columns: Columns, x: Scale, y: Scale, rate: Scale): Markup[] {
  const through = (value: (column: PlotColumn) => number, scale: Scale) =>
    columns.map((column) => (column === null ? null : ([x.at(column.sec), scale.at(value(column))] as const)));
  const highest = through((column) => column.highest, y);
  const areas = (upper: ReturnType<typeof through>, lower: ReturnType<typeof through>): string =>
    runsOf(upper.map((point, index) => [point, lower[index] ?? null] as const))
      .map((run) => `${pathThrough([...run.map(([up]) => up), ...run.map(([, low]) => low).reverse()])}Z`)
      .join('');
  return [
    element('path', {
      class: 'spread',
      d: areas(
        highest,
        through((column) => column.lowest, y),
      ),
    }),
    element('path', { class: 'threshold', d: pathThrough(through((column) => column.threshold, y)) }),
    element('path', { class: 'score', 'stroke-linecap': 'round', d: pathThrough(highest) }),
    element('path', {
      class: 'rate',
      d: areas(
        through((column) => column.rate, rate),
        through(() => 0, rate),
      ),
    }),
  ];
}

/** The parts between silences that were not scored. */
function runsOf<T>(pairs: readonly (readonly [T | null, T | null])[]): [T, T][][] {
  const runs: [T, T][][] = [[]];
  for (const [up, low] of pairs) {
    if (up === null || low === null) runs.push([]);
    else runs.at(-1)?.push([up, low]);
  }
  return runs.filter((run) => run.length > 0);
}

/** A label over the curve, as far as it lies in the broadcast. */
function band({ startSec, endSec, kind }: PlotLabel, x: Scale): Markup[] {
  const [from, to] = [Math.max(x.from, startSec), Math.min(x.to, endSec)];
  if (from > to) return [];
  const at = x.at(from);
  const words = `${kind === 'highlight' ? 'labelled a highlight' : 'labelled no highlight'}, ${timeText(startSec)} to ${timeText(endSec)}`;
  const box = { x: at, y: panelTop, width: Math.max(1.5, x.at(to) - at), height: panelBottom - panelTop };
  return [element('rect', { class: kind, ...box }, element('title', {}, words))];
}

function timeAxis(x: Scale): Markup[] {
  return timeTicks(x.from, x.to, 12).flatMap((sec) => {
    const at = x.at(sec);
    const grid = (y1: number, y2: number): Markup => element('line', { class: 'grid', x1: at, y1, x2: at, y2 });
    const name = element('text', { x: at, y: rateBottom + 18, 'text-anchor': 'middle' }, timeText(sec));
    return [grid(panelTop, panelBottom), grid(rateTop, rateBottom), name];
  });
}

function valueAxis(scale: Scale, name: string, [top, bottom]: readonly [number, number], most: number): Markup[] {
  const { values, decimals } = roundTicks(scale.from, scale.to, most);
  const ticks = values.flatMap((value) => {
    const at = scale.at(value);
    const text = element('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, value.toFixed(decimals));
    return [element('line', { class: 'grid', x1: left, y1: at, x2: right, y2: at }), text];
  });
  const middle = (top + bottom) / 2;
  const turned = { x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` };
  const frame = element('rect', { class: 'frame', x: left, y: top, width: right - left, height: bottom - top });
  return [...ticks, frame, element('text', turned, name)];
}
