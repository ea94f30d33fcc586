import { setImmediate } from 'node:timers/promises';
import type { Model } from '../../domain/scoring/model.ts';
import { calibrate } from '../../domain/tuning/calibration.ts';
import { channelLags } from '../../domain/tuning/channellags.ts';
import { type Fold, foldsBySet, foldsByVideo, type Unseen } from '../../domain/tuning/crossvalidation.ts';
import { agreement, type Decision, isKeptOut, type Judged } from '../../domain/tuning/decisions.ts';
import { fitModel } from '../../domain/tuning/fitmodel.ts';
import { type FiguresRow, figureRows, type Method, namedFigures } from './figures.ts';
import type { Lessons } from './lessons.ts';

export interface Tuned {
  readonly model: Model;
  readonly figures: readonly FiguresRow[];
  /** How often an approved moment outscores a rejected one, by models that have not seen their broadcasts, and before. */
  readonly agreement: { readonly now: number | null; readonly before: number | null };
}

export interface Tuning extends Lessons {
  readonly base: Model;
  readonly version: string;
  readonly latenessMs: number;
  readonly onStep: (what: string) => void;
  readonly signal: AbortSignal;
}

const foldCount = 5;

/** The model before with what decisions say of the lags of channels: of more they can't tell, a scorer having chosen them. */
export function lagged({ base, version, decisions }: Tuning): Tuned {
  const channels = channelLags(decisions, base.lag);
  const model = { ...base, version, lag: { ...base.lag, channels } };
  const agreed = agreement([{ model: base, decisions }]);
  return { model, figures: [], agreement: { now: agreed, before: agreed } };
}

/** Fits a model, and one more for every part that is kept out, by which the figures are honest. */
export async function tuned(tuning: Tuning): Promise<Tuned> {
  const { base, version, data, decisions, latenessMs, onStep } = tuning;
  const { videos } = data;
  const unnamed = { ...base, version };
  onStep('fitting');
  const fitted = fitModel(unnamed, { videos, decisions });
  const byVideo = await unseen(tuning, unnamed, foldsByVideo(videos, Math.min(foldCount, videos.length)), 'videos');
  const bySet = data.sets.length < 2 ? [] : await unseen(tuning, unnamed, foldsBySet(videos), 'set');
  const wish = { perHour: base.controller.perHour, latenessSec: latenessMs / 1000 };
  const rows = (method: Method, models: readonly Unseen[]): readonly FiguresRow[] => {
    onStep(`judging by ${method}`);
    return figureRows(method, models, wish);
  };
  const crossValidated = rows('videos', byVideo);
  const training = {
    dataHash: data.hash,
    chats: [...data.chats.values()].sort(),
    videos: videos.length,
    labels: data.labels,
    crossValidated: namedFigures(data, crossValidated),
  };
  const calibration = calibrate(byVideo);
  const model = { ...fitted, ...(calibration === null ? {} : { calibration }), training };
  const before = rows('before', [{ model: base, videos }]);
  const agreed = {
    now: agreement(byVideo),
    before: agreement([{ model: base, decisions }]),
  };
  return { model, figures: [...crossValidated, ...rows('set', bySet), ...before], agreement: agreed };
}

/** Models of what was learned from, with the videos and, of the parts in which videos were kept out, decisions that it has not seen. */
async function unseen(
  tuning: Tuning,
  base: Model,
  folds: readonly Fold[],
  what: string,
): Promise<readonly (Unseen & Judged)[]> {
  const models: (Unseen & Judged)[] = [];
  for (const [index, { kept, learned }] of folds.entries()) {
    tuning.onStep(`${what} kept out: ${index + 1} of ${folds.length}`);
    await setImmediate();
    tuning.signal.throwIfAborted();
    const isKept = (one: Decision): boolean => isKeptOut(one, index, folds.length);
    const others = tuning.decisions.filter((one) => !isKept(one));
    const model = fitModel(base, { videos: learned, decisions: others });
    models.push({ model, videos: kept, decisions: tuning.decisions.filter(isKept) });
  }
  return models;
}
