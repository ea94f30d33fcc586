import { describe, expect, it } from 'vitest';
import { plotSvg } from '../../../src/cli/plot/plot.ts';
import type { PlotSecond, PlotSeries } from '../../../src/cli/plot/series.ts';

const second = (sec: number, score = Math.sin(sec / 40)): PlotSecond => ({
  sec,
  score,
  threshold: 0.5,
  messages: sec % 7,
});
const secondsTo = (count: number): PlotSecond[] => Array.from({ length: count }, (_, sec) => second(sec));
const series = (given: Partial<PlotSeries>): PlotSeries => ({
  ...{ title: 'chat.json', subtitle: '', seconds: [], highlights: [], labels: [] },
  ...given,
});

/** Names of the elements; throws where they are not nested as XML wants it, or a number is none. */
function elementsOf(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<&]*(?:&[a-z0-9#]+;[^"<&]*)*")*)(\/?)>/g,
    (_, end, name, _given, alone) => {
      if (end === '/') {
        if (open.pop() !== name) throw new Error(`${name} was not open`);
        return '';
      }
      names.push(name);
      if (alone !== '/') open.push(name);
      return '';
    },
  );
  if (open.length > 0 || /[<>]/.test(rest)) throw new Error(`no XML: ${open.join()} ${rest}`);
  if (/NaN|Infinity|undefined/.test(svg)) throw new Error('there is a number that is none');
  return names;
}

/** What is drawn in a way; the legend, which comes first, has a sample of it. */
const pathOf = (svg: string, kind: string): string =>
  [...svg.matchAll(new RegExp(`<path class="${kind}"[^>]* d="([^"]*)"`, 'g'))].at(-1)?.[1] ?? '';
const count = (names: readonly string[], name: string): number => names.filter((one) => one === name).length;

describe('the plot of a chat', () => {
  it('has every part in its place, and needs nothing outside of it', () => {
    const highlights = [
      { sec: 63, score: 1, rank: 1 },
      { sec: 314, score: 1, rank: null },
    ];
    const labels = [
      { startSec: 50, endSec: 70, kind: 'highlight' },
      { startSec: 400, endSec: 420, kind: 'rejected' },
      { startSec: 9_000, endSec: 9_001, kind: 'highlight' },
    ] as const;
    const svg = plotSvg(series({ seconds: secondsTo(600), highlights, labels }));
    const names = elementsOf(svg);
    expect(count(names, 'circle')).toBe(highlights.length + 1);
    for (const text of [
      '#1 0:01:03',
      '0:05:14',
      '0:05:00',
      'chat.json',
      'threshold',
      'messages/s',
      'labelled no highlight',
    ])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg.match(/class="highlight" x=/g)?.length).toBe(1 + 1);
    expect(svg.match(/class="rejected" x=/g)?.length).toBe(1 + 1);
    expect(svg).toContain('@media(prefers-color-scheme:dark)');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import|<script|href/);
  });

  it('shows names and texts as text, whatever they are', () => {
    const title = `<script>alert("1")</script>&amp;'\u001b[31m\ud800\uffff]]>`;
    const svg = plotSvg(series({ title, subtitle: title, seconds: secondsTo(10) }));
    expect(count(elementsOf(svg), 'script')).toBe(0);
    expect(svg).toContain(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;&#39;\ufffd[31m\ufffd\ufffd]]&gt;</text>',
    );
  });

  it('is a plot also of nothing, of one second, and of a level curve', () => {
    const empty = plotSvg(series({}));
    elementsOf(empty);
    expect(empty).toContain('no second was scored');
    const one = plotSvg(series({ seconds: [second(5, 1)], highlights: [{ sec: 5, score: 1, rank: 1 }] }));
    elementsOf(one);
    expect(pathOf(one, 'score')).toMatch(/^M[\d.]+ [\d.]+h0$/);
    elementsOf(plotSvg(series({ seconds: [0, 1, 2].map((sec) => ({ sec, score: 0, threshold: 0, messages: 0 })) })));
  });

  it('stays small and keeps every peak of a long broadcast, and leaves a gap where nothing was scored', () => {
    const day = secondsTo(86_400).map((one) => (one.sec === 40_001 ? { ...one, score: 9 } : one));
    const svg = plotSvg(series({ seconds: day.filter(({ sec }) => sec < 50_000 || sec > 60_000) }));
    elementsOf(svg);
    expect(svg.length).toBeLessThan(200_000);
    const heights = [...pathOf(svg, 'score').matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    const [peak = 0, next = 0] = heights.sort((a, b) => a - b);
    expect(next - peak).toBeGreaterThan(200);
    expect(pathOf(svg, 'score').match(/M/g)?.length).toBe(2);
  });
});
