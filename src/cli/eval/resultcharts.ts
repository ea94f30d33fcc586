import { delaysOf } from '../../domain/quality/figures.ts';
import type { Markup } from '../plot/markup.ts';
import { chart, type Series } from './charts.ts';
import { nameOf } from './resulttables.ts';
import type { SetResult } from './run.ts';

/** Colours tell apart for most colour-blind people (Okabe and Ito); a set has one, dashed where its category is not told. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c959f'];

type Points = (result: SetResult) => Series['points'];

const rate = { title: 'highlights an hour', from: 0, to: 20, step: 4 };
const unit = (title: string) => ({ title, from: 0, to: 1, step: 0.2 });

/** Precision and recall against the rate, how late highlights are told, and whether probabilities hold. */
export function resultCharts(results: readonly SetResult[]): readonly Markup[] {
  const sets = [...new Set(results.map(({ set }) => set))];
  const series = (result: SetResult, points: Points, drawn: Series['drawn']): Series => ({
    name: nameOf(result),
    points: points(result),
    colour: sets.indexOf(result.set) % colours.length,
    isDashed: !result.categoryKnown,
    drawn,
  });
  const curves = (points: Points, drawn: Series['drawn'] = 'line and dots'): readonly Series[] =>
    results.map((result) => series(result, points, drawn));
  const ofRate = (name: 'precision' | 'recall'): readonly Series[] =>
    curves(({ frontier }) => byRate(frontier).map((point) => [point.perHour, point[name]]));
  // Of both ways to score a set nearly the same is to be said; one leaves room for the bars.
  const once = results.filter((result) => results.find(({ set }) => set === result.set) === result);
  const dots = once.map((result) => ({ ...series(result, reliabilityPoints, 'dots'), bars: reliabilityBars(result) }));
  return [
    chart({ title: 'Precision on air', x: rate, y: unit('precision'), series: ofRate('precision') }),
    chart({ title: 'Recall on air', x: rate, y: unit('recall'), series: ofRate('recall') }),
    chart({
      title: 'Delay from the end of a label to the highlight',
      x: { title: 'seconds; what lies beyond is at the edge', from: -60, to: 60, step: 20 },
      y: unit('share of the highlights that hit, told by then'),
      series: curves(delayCurve, 'line'),
    }),
    chart({
      title: 'Reliability',
      x: unit('probability that was given'),
      y: unit('share that hit, with its 95 % interval'),
      diagonal: true,
      series: dots,
    }),
  ];
}

/** By what came: in few videos a wish for more can give fewer. */
const byRate = (points: SetResult['frontier']): SetResult['frontier'] =>
  [...points].sort((a, b) => a.perHour - b.perHour);

function delayCurve({ evaluated }: SetResult): Series['points'] {
  const delays = evaluated.flatMap(({ online }) => delaysOf(online)).sort((a, b) => a - b);
  return delays.map((delay, i) => [delay, (i + 1) / delays.length]);
}

const reliabilityPoints = ({ reliability: { bins } }: SetResult): Series['points'] =>
  bins.flatMap(({ predicted, observed }) =>
    predicted === null || observed === null ? [] : [[predicted, observed] as const],
  );

const reliabilityBars = ({ reliability: { bins } }: SetResult): NonNullable<Series['bars']> =>
  bins.flatMap(({ predicted, interval }) =>
    predicted === null || interval === null ? [] : [[predicted, ...interval] as const],
  );
