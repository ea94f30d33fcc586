import type { FeatureVector } from '../features.ts';
import type { Weights } from '../model.ts';
import type { ScoredSecond } from '../scorer.ts';
import { type FeatureContribution, featureContributions } from './contribution.ts';
import { decisiveFeatures, type FeatureCounterfactual } from './counterfactuals.ts';
import { nearestMaximum } from './localmaximum.ts';
import { momentSec, type Outcome, outcomeAt } from './outcome.ts';
import { type WishRange, wishesFor } from './wishes.ts';

/** A closed second with a copy of its features. */
export interface TracedSecond extends ScoredSecond {
  readonly vector: FeatureVector;
}

/** A point of the curve. */
export interface CurvePoint {
  /** Second of the broadcast; its zero is 0. */
  readonly second: number;
  /** A logit. */
  readonly score: number;
  readonly threshold: number;
}

/** Why this second is explained: a highlight begins in it, it is the nearest local maximum, or it was asked for. */
export type Chosen = 'highlight' | 'maximum' | 'asked';

/** Why a second of a broadcast was a highlight or not, from its scored seconds. */
export interface Explanation {
  readonly asked: CurvePoint;
  readonly explained: CurvePoint & { readonly chosen: Chosen };
  /** What the score is with every feature at its usual value. */
  readonly baseline: number;
  /** The greatest contribution first. */
  readonly features: readonly FeatureContribution[];
  readonly outcome: Outcome;
  /** One feature at its usual value, and the score is on the other side of the threshold. */
  readonly decisive: readonly FeatureCounterfactual[];
  /** Wishes, in highlights an hour, with which a highlight would have been emitted within `momentSec`, and those without. */
  readonly wishes: { readonly emitted: readonly WishRange[]; readonly notEmitted: readonly WishRange[] };
}

/** Explains a second or what is near to it; null where the second was not scored. */
export function explain(weights: Weights, seconds: readonly TracedSecond[], second: number): Explanation | null {
  const at = seconds.findIndex((closed) => closed.second === second);
  const asked = seconds[at];
  if (asked === undefined) return null;
  const maximum = asked.hindrance === null ? at : nearestMaximum(seconds, second, momentSec);
  const index = maximum ?? at;
  const explained = seconds[index] ?? asked;
  const chosen = asked.hindrance === null ? 'highlight' : maximum === null || maximum === at ? 'asked' : 'maximum';
  const features = featureContributions(weights, explained.vector);
  const window = { from: explained.second - momentSec, to: explained.second + momentSec };
  return {
    asked: pointOf(asked),
    explained: { ...pointOf(explained), chosen },
    baseline: weights.model.intercept,
    features,
    outcome: outcomeAt(seconds, index),
    decisive: decisiveFeatures(explained.score, explained.threshold, features),
    wishes: wishesFor(weights.model, seconds, window),
  };
}

const pointOf = ({ second, score, threshold }: ScoredSecond): CurvePoint => ({ second, score, threshold });
