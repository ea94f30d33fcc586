import { element, type Markup, pathThrough } from '../plot/markup.ts';

/** A line or a cloud of points in a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Place of its colour; see `page.ts`. */
  readonly colour: number;
  readonly drawn: 'line' | 'line and dots' | 'dots';
  readonly isDashed: boolean;
  /** Vertical lines behind the points, for how sure they are. */
  readonly bars?: readonly (readonly [x: number, low: number, high: number])[];
}

export interface ChartOptions {
  readonly title: string;
  readonly x: { readonly title: string; readonly from: number; readonly to: number; readonly step: number };
  readonly y: { readonly title: string; readonly from: number; readonly to: number; readonly step: number };
  readonly series: readonly Series[];
  /** A line from the lower left to the upper right, for what should be equal. */
  readonly diagonal?: boolean;
}

const size = { width: 440, left: 46, right: 12, top: 40 };
const inner = { width: size.width - size.left - size.right, height: 200 };
const legendRow = 15;
const legendColumns = 2;

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
    element('text', { x: size.left, y: size.top - 9 }, y.title),
    element('text', { class: 'title', x: size.left, y: 14 }, title),
  ];
  const ideal = diagonal ? [element('path', { class: 'ideal', d: `M${size.left} ${base}L${end} ${size.top}` })] : [];
  const drawn = series.flatMap((one) => {
    const { colour, isDashed, drawn: as } = one;
    const placed = one.points.map(([a, b]) => [px(a), py(b)] as const);
    const dash = isDashed ? { 'stroke-dasharray': '5 3' } : {};
    const line = element('path', { class: `line-${colour}`, d: pathThrough(placed), ...dash });
    const bars = (one.bars ?? []).map(([at, low, high]) =>
      element('path', { class: `line-${colour} bar`, d: `M${px(at)} ${py(low)}V${py(high)}` }),
    );
    const dots = placed.map(([cx, cy]) => element('circle', { class: `fill-${colour}`, cx, cy, r: 2.5 }));
    return [...(as === 'dots' ? [] : [line]), ...bars, ...(as === 'line' ? [] : dots)];
  });
  const height = base + 44 + Math.ceil(series.length / legendColumns) * legendRow;
  const box = { viewBox: `0 0 ${size.width} ${height}`, role: 'img', 'aria-label': title };
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...box },
    ...grid,
    ...ideal,
    ...drawn,
    ...legend(series, base + 50),
  );
}

function legend(series: readonly Series[], top: number): readonly Markup[] {
  return series.flatMap(({ name, colour, isDashed }, i) => {
    const left = size.left + (i % legendColumns) * (inner.width / legendColumns);
    const y = top + Math.floor(i / legendColumns) * legendRow;
    const dash = isDashed ? { 'stroke-dasharray': '5 3' } : {};
    return [
      element('path', { class: `line-${colour}`, d: `M${left} ${y - 4}h16`, ...dash }),
      element('text', { x: left + 22, y }, name),
    ];
  });
}
