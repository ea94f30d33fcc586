import { setImmediate } from 'node:timers/promises';
import type { BaselineName } from '../../domain/quality/baselines.ts';
import type { RankingFigures } from '../../domain/quality/figures.ts';
import { type OnlineBaseline, onlineBaseline } from '../../domain/quality/onlinebaseline.ts';
import { type Reliability, reliability } from '../../domain/quality/reliability.ts';
import type { Model } from '../../domain/scoring/model.ts';
import {
  baselinesOf,
  type EvaluatedVideo,
  evaluated,
  forecasts,
  type SetEvaluation,
  setEvaluation,
  type Wish,
} from './evaluation.ts';
import { type FrontierPoint, frontier, pointOfRate } from './frontier.ts';
import type { MeasuredSets } from './reading.ts';

/** One set, with its category told or not. */
export interface SetResult extends SetEvaluation {
  readonly set: string;
  readonly categoryKnown: boolean;
  /** How many of its videos the model was made from, by their chats. */
  readonly learnedFrom: number;
  readonly baselines: Readonly<Record<BaselineName, RankingFigures>>;
  /** The simple detector that works on air, with as many highlights an hour as the model. */
  readonly onlineBaseline: OnlineBaseline;
  readonly reliability: Reliability;
  readonly frontier: readonly FrontierPoint[];
  readonly atRate: FrontierPoint | null;
  readonly evaluated: readonly EvaluatedVideo[];
}

export interface EvalTask {
  readonly model: Model;
  readonly sets: MeasuredSets;
  readonly perHour: number;
  readonly latenessSec: number;
  readonly atRate: number | null;
  readonly onStep: (what: string) => void;
  readonly signal: AbortSignal;
}

/** Evaluates a model on every set, with the category known and unknown; a set without a category once. */
export async function evaluateSets(task: EvalTask): Promise<readonly SetResult[]> {
  const results: SetResult[] = [];
  for (const [place, set] of task.sets.sets.entries()) {
    for (const categoryKnown of set.category === null ? [false] : [true, false]) {
      task.onStep(`evaluating ${set.name}, category ${categoryKnown ? 'known' : 'unknown'}`);
      await setImmediate();
      task.signal.throwIfAborted();
      results.push({ set: set.name, categoryKnown, ...evaluateSet(task, place, categoryKnown) });
    }
  }
  return results;
}

function evaluateSet(task: EvalTask, place: number, categoryKnown: boolean): Omit<SetResult, 'set' | 'categoryKnown'> {
  const { model, sets, perHour, latenessSec, atRate } = task;
  const videos = sets.videos.filter((video) => video.set === place);
  const wish: Wish = { perHour, latenessSec, categoryKnown };
  const told = evaluated(model, videos, wish);
  const timed = videos.map((video) => ({ ...video, timesSec: sets.timesSec.get(video) ?? [] }));
  const learned = new Set(model.training?.chats);
  const evaluation = setEvaluation(told);
  return {
    ...evaluation,
    learnedFrom: videos.filter((video) => learned.has(sets.chats.get(video) ?? '')).length,
    baselines: baselinesOf(timed),
    onlineBaseline: onlineBaseline(timed, evaluation.figures.perHour),
    reliability: reliability(forecasts(model, told)),
    frontier: frontier(model, videos, wish),
    atRate: atRate === null ? null : pointOfRate(model, videos, wish, atRate),
    evaluated: told,
  };
}
