import { element, type Markup } from './markup.ts';
import { type Scale, timeText } from './scale.ts';
import type { PlotHighlight } from './series.ts';

/** Rows of names above the curve. */
const lanes = 3;
const laneHeight = 14;
/** Room for the names of the marks, in pixels. */
export const marksHeight = lanes * laneHeight + 4;
const letterWidth = 6.4;

/** Left and right, in pixels. */
type Edges = readonly [left: number, right: number];

interface Placed {
  readonly highlight: PlotHighlight;
  /** Where the middle of its name is. */
  readonly middle: number;
  /** Null where there is no room for its name: it is in the mark's tooltip. */
  readonly lane: number | null;
}

const nameOf = ({ rank, sec }: PlotHighlight): string => `${rank === null ? '' : `#${rank} `}${timeText(sec)}`;

/** Marks with the names that there is room for; the better ranks get theirs first. */
export function placed(highlights: readonly PlotHighlight[], x: Scale, edges: Edges): readonly Placed[] {
  const taken: (readonly [from: number, to: number])[][] = Array.from({ length: lanes }, () => []);
  const rankOf = ({ rank }: PlotHighlight): number => rank ?? Number.MAX_VALUE;
  const order = [...highlights].sort((a, b) => rankOf(a) - rankOf(b) || a.sec - b.sec);
  return order.map((highlight) => {
    const half = (nameOf(highlight).length * letterWidth) / 2 + 3;
    const middle = Math.max(edges[0] + half, Math.min(edges[1] - half, x.at(highlight.sec)));
    const lane = taken.findIndex((names) => names.every(([from, to]) => middle + half < from || middle - half > to));
    taken[lane]?.push([middle - half, middle + half]);
    return { highlight, middle, lane: lane < 0 ? null : lane };
  });
}

/** The marks of highlights; `top` is the upper edge of the curve's panel, `edges` are its sides. */
export function marksOf(
  highlights: readonly PlotHighlight[],
  { x, y }: { readonly x: Scale; readonly y: Scale },
  top: number,
  edges: Edges,
): readonly Markup[] {
  const marks = placed(highlights, x, edges);
  const baseOf = (lane: number): number => top - 6 - lane * laneHeight;
  // A stem may cross a name in a row below its own: the names come after all stems, and have a rim.
  return [
    ...marks.flatMap(({ highlight, lane }) => {
      const at = x.at(highlight.sec);
      const ends = { x1: at, y1: baseOf(lane ?? 0) + 3, x2: at, y2: y.at(highlight.score) };
      return lane === null ? [] : [element('line', { class: 'stem', ...ends })];
    }),
    ...marks.map(({ highlight }) => {
      const tip = element('title', {}, `${nameOf(highlight)}, score ${highlight.score.toFixed(2)}`);
      return element('circle', { class: 'mark', cx: x.at(highlight.sec), cy: y.at(highlight.score), r: 4 }, tip);
    }),
    ...marks.flatMap(({ highlight, middle, lane }) => {
      if (lane === null) return [];
      const place = { class: 'rank', x: middle, y: baseOf(lane), 'text-anchor': 'middle' };
      return [element('text', place, nameOf(highlight))];
    }),
  ];
}
