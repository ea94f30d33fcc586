import type { FeatureContribution } from './contribution.ts';

/** A second's score with one feature at its usual value. */
export interface FeatureCounterfactual {
  readonly name: string;
  readonly score: number;
}

/** The features of which one at its usual value would have put the score on the other side of the threshold. */
export function decisiveFeatures(
  score: number,
  threshold: number,
  features: readonly FeatureContribution[],
): readonly FeatureCounterfactual[] {
  const passed = score >= threshold;
  return features
    .map(({ name, contribution }) => ({ name, score: score - contribution }))
    .filter((without) => without.score >= threshold !== passed);
}
