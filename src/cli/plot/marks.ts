import { element, type Markup } from './markup.ts';
import { type Scale, timeText } from './scale.ts';
import type { PlotHighlight } from './series.ts';

/** Rows of names above the curve. */
const lanes = 3;
const laneHeight = 14;
/** Room for the names of the marks, in pixels. */
export const marksHeight = lanes * laneHeight + 4;
const letterWidth = 6.4;

interface Placed {
  readonly highlight: PlotHighlight;
  /** Null where there is no room for its name: it is in the mark's tooltip. */
  readonly lane: number | null;
}

const nameOf = ({ rank, sec }: PlotHighlight): string => `${rank === null ? '' : `#${rank} `}${timeText(sec)}`;

/** Marks with the names that there is room for; the better ranks get theirs first. */
export function placed(highlights: readonly PlotHighlight[], x: Scale): readonly Placed[] {
  const taken: (readonly [from: number, to: number])[][] = Array.from({ length: lanes }, () => []);
  const rankOf = ({ rank }: PlotHighlight): number => rank ?? Number.POSITIVE_INFINITY;
  const order = [...highlights].sort((a, b) => (rankOf(a) === rankOf(b) ? a.sec - b.sec : rankOf(a) - rankOf(b)));
  return order.map((highlight) => {
    const at = x.at(highlight.sec);
    const half = (nameOf(highlight).length * letterWidth) / 2 + 3;
    const lane = taken.findIndex((names) => names.every(([from, to]) => at + half < from || at - half > to));
    taken[lane]?.push([at - half, at + half]);
    return { highlight, lane: lane < 0 ? null : lane };
  });
}

/** The marks of highlights; `top` is the upper edge of the curve's panel. */
export function marksOf(highlights: readonly PlotHighlight[], x: Scale, y: Scale, top: number): readonly Markup[] {
  return placed(highlights, x).map(({ highlight, lane }) => {
    const at = x.at(highlight.sec);
    const height = y.at(highlight.score);
    const tip = element('title', {}, `${nameOf(highlight)}, score ${highlight.score.toFixed(2)}`);
    const dot = element('circle', { class: 'mark', cx: at, cy: height, r: 4 });
    if (lane === null) return element('g', {}, tip, dot);
    const base = top - 6 - lane * laneHeight;
    const stem = element('line', { class: 'stem', x1: at, y1: base + 3, x2: at, y2: height });
    const name = element('text', { class: 'rank', x: at, y: base, 'text-anchor': 'middle' }, nameOf(highlight));
    return element('g', {}, tip, stem, dot, name);
  });
}
