import { element, type Markup } from './markup.ts';
import type { PlotLabel } from './series.ts';

const letterWidth = 6.6;
const swatch = 22;
const gap = 18;

type Entry = readonly [text: string, draw: (x: number, y: number) => Markup];

const line =
  (kind: string) =>
  (x: number, y: number): Markup =>
    element('path', { class: kind, d: `M${x} ${y - 4}h${swatch - 6}` });
const area =
  (kind: string) =>
  (x: number, y: number): Markup =>
    element('rect', { class: kind, x, y: y - 10, width: swatch - 6, height: 11 });

/** What the signs mean, in one row that ends at `right`; only those that there are. */
export function legendOf(labels: readonly PlotLabel[], hasHighlights: boolean, right: number, y: number): Markup {
  const has = (kind: PlotLabel['kind']): boolean => labels.some((label) => label.kind === kind);
  const mark = (x: number, at: number): Markup => element('circle', { class: 'mark', cx: x + 8, cy: at - 4, r: 4 });
  const entries: Entry[] = [
    ['score', line('score')],
    ['threshold', line('threshold')],
    ...(hasHighlights ? [['highlight, #rank', mark] satisfies Entry] : []),
    ...(has('highlight') ? [['labelled highlight', area('highlight')] satisfies Entry] : []),
    ...(has('rejected') ? [['labelled no highlight', area('rejected')] satisfies Entry] : []),
    ['messages a second', area('rate')],
  ];
  const widths = entries.map(([text]) => swatch + text.length * letterWidth + gap);
  let x = right - widths.reduce((sum, width) => sum + width, 0) + gap;
  const drawn = entries.flatMap(([text, draw], index) => {
    const at = x;
    x += widths[index] ?? 0;
    return [draw(at, y), element('text', { x: at + swatch, y }, text)];
  });
  return element('g', {}, ...drawn);
}
