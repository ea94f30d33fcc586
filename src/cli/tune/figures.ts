import { byDelay, type DelayPoint } from '../../domain/quality/delay.ts';
import type { Unseen } from '../../domain/tuning/crossvalidation.ts';
import { bySet } from '../../domain/tuning/setweights.ts';
import { evaluated, type Figures, type SetEvaluation, setEvaluation, type Wish } from '../eval/evaluation.ts';
import type { MeasuredSets } from '../eval/reading.ts';

/** By what a set's figures were made: videos kept out, a whole set kept out, or the model that was there before. */
export type Method = 'videos' | 'set' | 'before';

export interface FiguresRow extends Figures {
  readonly set: number;
  readonly method: Method;
  readonly categoryKnown: boolean;
  readonly intervals: SetEvaluation['intervals'];
  /** Precision and recall on air against the delay that is allowed. */
  readonly byDelay: readonly DelayPoint[];
}

/** Figures of each set with its category known and unknown, every video judged by the model that has not seen it. */
export function figureRows(
  method: Method,
  unseen: readonly Unseen[],
  wish: Omit<Wish, 'categoryKnown'>,
): readonly FiguresRow[] {
  return [true, false].flatMap((categoryKnown) => {
    const judged = unseen.flatMap(({ model, videos }) => evaluated(model, videos, { ...wish, categoryKnown }));
    return bySet(judged.map(({ video }) => video)).map((set) => {
      const own = judged.filter(({ video }) => set.includes(video));
      const { figures, intervals } = setEvaluation(own);
      const delays = byDelay(own.map(({ online }) => online));
      return { set: set[0]?.set ?? 0, method, categoryKnown, ...figures, intervals, byDelay: delays };
    });
  });
}

/** The figures that the model file keeps, by the category of their set, with its place where another has the same. */
export function namedFigures(data: MeasuredSets, rows: readonly FiguresRow[]): Record<string, number> {
  const kept: Record<string, number> = {};
  const categories = data.sets.map(({ category }) => category ?? 'mixed');
  for (const row of rows.filter(({ categoryKnown }) => categoryKnown)) {
    const category = categories[row.set] ?? 'mixed';
    const isShared = categories.filter((other) => other === category).length > 1;
    const set = isShared ? `${category} (${row.set + 1})` : category;
    for (const name of ['P@5', 'P@10', 'R@10', 'R@20', 'onlinePrecision', 'onlineRecall', 'perHour'] as const) {
      kept[`${set} ${name}`] = Number(row[name].toFixed(3));
    }
  }
  return kept;
}
