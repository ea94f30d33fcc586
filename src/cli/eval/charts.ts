import { element, type Markup, pathThrough } from '../plot/markup.ts';

/** A line or a cloud of points in a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Place of its colour; see `page.ts`. */
  readonly colour: number;
  readonly drawn: 'line' | 'line and dots' | 'dots';
}

export interface ChartOptions {
  readonly title: string;
  readonly x: { readonly title: string; readonly from: number; readonly to: number; readonly step: number };
  readonly y: { readonly title: string; readonly from: number; readonly to: number; readonly step: number };
  readonly series: readonly Series[];
  /** A line from the lower left to the upper right, for what should be equal. */
  readonly diagonal?: boolean;
}

const size = { width: 440, height: 330, left: 46, right: 12, top: 34, bottom: 96 };
const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };

const ticks = ({ from, to, step }: ChartOptions['x']): number[] =>
  Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, i) => Number((from + i * step).toFixed(6)));

/** A chart as SVG; values outside of its axes are drawn at their edge. */
export function chart({ title, x, y, series, diagonal }: ChartOptions): Markup {
  const within = (value: number, { from, to }: ChartOptions['x']): number =>
    (Math.min(to, Math.max(from, value)) - from) / (to - from);
  const px = (value: number): number => size.left + within(value, x) * inner.width;
  const py = (value: number): number => size.top + (1 - within(value, y)) * inner.height;
  const [base, end] = [size.top + inner.height, size.left + inner.width];
  const grid = [
    ...ticks(y).flatMap((at) => [
      element('path', { class: 'grid', d: `M${size.left} ${py(at)}H${end}` }),
      element('text', { x: size.left - 6, y: py(at) + 4, 'text-anchor': 'end' }, String(at)),
    ]),
    ...ticks(x).map((at) => element('text', { x: px(at), y: base + 16, 'text-anchor': 'middle' }, String(at))),
    element('text', { x: end, y: base + 32, 'text-anchor': 'end' }, x.title),
    element('text', { x: size.left, y: size.top - 6 }, y.title),
    element('text', { class: 'title', x: size.left, y: 14 }, title),
  ];
  const ideal = diagonal ? [element('path', { class: 'ideal', d: `M${size.left} ${base}L${end} ${size.top}` })] : [];
  const drawn = series.flatMap(({ points, colour, drawn: as }) => {
    const placed = points.map(([a, b]) => [px(a), py(b)] as const);
    const line = element('path', { class: `line-${colour}`, d: pathThrough(placed) });
    const dots = placed.map(([cx, cy]) => element('circle', { class: `fill-${colour}`, cx, cy, r: 2.5 }));
    return [...(as === 'dots' ? [] : [line]), ...(as === 'line' ? [] : dots)];
  });
  const legend = series.flatMap(({ name, colour }, i) => {
    const [left, top] = [size.left + (i % 2) * 195, base + 48 + Math.floor(i / 2) * 14];
    return [
      element('circle', { class: `fill-${colour}`, cx: left + 4, cy: top - 4, r: 4 }),
      element('text', { x: left + 12, y: top }, name),
    ];
  });
  const box = { viewBox: `0 0 ${size.width} ${size.height}`, role: 'img', 'aria-label': title };
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...box }, ...grid, ...ideal, ...drawn, ...legend);
}
