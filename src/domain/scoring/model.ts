import { CliptideError } from '../errors.ts';
import { type FeatureName, type FeatureVector, featureNames, type RankingName, vectorNames } from './features.ts';
import type { LagPrior } from './lag.ts';
import f10 from './models/f10-1.json' with { type: 'json' };
import earlier from './models/f16-1.json' with { type: 'json' };
import f16 from './models/f16-2.json' with { type: 'json' };

/** A linear model over clipped, standardised features, with the detector's and the boundaries' constants. */
export interface Model {
  readonly version: string;
  readonly intercept: number;
  /** A standardised feature counts from minus this to plus this. */
  readonly clip: number;
  readonly features: readonly {
    readonly name: string;
    readonly mean: number;
    readonly scale: number;
    readonly weight: number;
  }[];
  /** Added to the score for the ranking only, neither clipped nor standardised. */
  readonly ranking: readonly { readonly name: string; readonly weight: number }[];
  /** Logit at which a broadcast begins. */
  readonly threshold: number;
  /** How far below the threshold the score falls before the next highlight is possible. */
  readonly rearm: number;
  readonly coolDownSec: number;
  readonly warmUpSec: number;
  /** The threshold rises by `step` with each highlight and falls by `step` times the wished rate an hour. */
  readonly controller: {
    readonly step: number;
    readonly perHour: number;
    readonly lowest: number;
    readonly highest: number;
    /** How much the first threshold falls with the natural logarithm of the wished rate; 0.3 where it is not given. */
    readonly byLogRate?: number | undefined;
    /**
     * By how many times the threshold falls faster with each further time that a highlight should have taken, when none has
     * come for three of them; 0 where it is not given.
     */
    readonly impatience?: number | undefined;
  };
  readonly lag: LagPrior;
  /** From a score to the probability that a person would call the moment a highlight: a logit, offset + slope * score. */
  readonly calibration?: { readonly offset: number; readonly slope: number } | undefined;
  /** What it was made from by `cliptide tune`, and how it fared on videos that were kept out of the making. */
  readonly training?:
    | {
        readonly dataHash: string;
        /** By what each of its chats is known again: the first 16 hexadecimal digits of the SHA-256 over its messages. */
        readonly chats?: readonly string[] | undefined;
        readonly videos: number;
        readonly labels: number;
        readonly crossValidated: Readonly<Record<string, number>>;
      }
    | undefined;
}

export const defaultModel: Model = f16;

const models: ReadonlyMap<string, Model> = new Map<string, Model>([
  [f10.version, f10],
  [earlier.version, earlier],
  [f16.version, f16],
]);

/** The model of a version that ships with Cliptide. */
export const findModel = (version: string): Model | undefined => models.get(version);

interface Term {
  readonly name: string;
  readonly at: number;
  readonly mean: number;
  readonly scale: number;
  readonly weight: number;
}

/** A model with the places of its features looked up. */
export interface Weights {
  readonly model: Model;
  readonly features: readonly Term[];
  readonly ranking: readonly Term[];
}

function place(names: readonly string[], name: string, model: Model): number {
  const at = names.indexOf(name);
  if (at >= 0) return at;
  throw new CliptideError('config', `The scoring model ${model.version} weighs an unknown feature, ${name}`, {
    where: `features.${name}`,
    hint: `Known are ${names.join(', ')}.`,
  });
}

/** Throws `config` where the model names a feature that does not exist. */
export function weightsOf(model: Model): Weights {
  return {
    model,
    features: model.features.map((f) => ({
      ...f,
      at: place(featureNames, f.name satisfies string as FeatureName, model),
    })),
    ranking: model.ranking.map((r) => ({
      name: r.name,
      weight: r.weight,
      mean: 0,
      scale: 1,
      at: place(vectorNames, r.name satisfies string as FeatureName | RankingName, model),
    })),
  };
}

/** What one feature adds: its weight times its clipped distance from the mean. Never minus zero. */
function share(term: Term, vector: FeatureVector, clip: number): number {
  const z = ((vector[term.at] ?? 0) - term.mean) / term.scale;
  return term.weight * Math.min(clip, Math.max(-clip, z)) + 0;
}

/** The score (a logit) of a second. */
export function scoreOf(weights: Weights, vector: FeatureVector): number {
  let score = weights.model.intercept;
  for (const term of weights.features) score += share(term, vector, weights.model.clip);
  return score;
}

/** The score by which a candidate is ranked. */
export function rankingScoreOf(weights: Weights, vector: FeatureVector): number {
  let score = scoreOf(weights, vector);
  for (const term of weights.ranking) score += term.weight * (vector[term.at] ?? 0);
  return score;
}

/** What each part added, in the model's order; the values sum to the score (of the ranking, where asked). */
export function contributionsOf(weights: Weights, vector: FeatureVector, ranked: boolean): Record<string, number> {
  const parts: Record<string, number> = { intercept: weights.model.intercept };
  for (const term of weights.features) parts[term.name] = share(term, vector, weights.model.clip);
  if (ranked) for (const term of weights.ranking) parts[term.name] = term.weight * (vector[term.at] ?? 0) + 0;
  return parts;
}

/** The probability that a person would call a moment of this score a highlight; null where the model is not calibrated. */
export function probabilityOf({ calibration }: Model, score: number): number | null {
  return calibration === undefined ? null : 1 / (1 + Math.exp(-(calibration.offset + calibration.slope * score)));
}
