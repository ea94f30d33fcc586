import { featureDescriptions } from '../featuredescriptions.ts';
import type { FeatureVector } from '../features.ts';
import { contributionsOf, type Weights } from '../model.ts';

/** What one feature had to say about a second. */
export interface FeatureContribution {
  readonly name: string;
  /** What it measures, with its unit; empty for a feature that this version does not know. */
  readonly measures: string;
  /** Null where only the contribution was kept and it does not tell. */
  readonly value: number | null;
  /** The model's mean; null where the model is not known. */
  readonly usual: number | null;
  /** Distance from the mean in the model's scales, as it counts: within the model's clip. */
  readonly deviation: number | null;
  /** Whether it lies farther from the mean than the model lets it count. */
  readonly clipped: boolean;
  /** What it added to the score, a logit. */
  readonly contribution: number;
  readonly sentence: string;
}

const degrees = [
  { from: 3, text: 'far ' },
  { from: 1.5, text: 'well ' },
  { from: 0.5, text: '' },
] as const;

/** A feature's deviation in words, such as "laughter far above what this chat usually has". */
export function sentenceOf(name: string, deviation: number): string {
  const known = Object.entries(featureDescriptions).find(([feature]) => feature === name)?.[1];
  const { subject, reference } = known ?? { subject: name, reference: 'the usual' };
  const degree = degrees.find(({ from }) => Math.abs(deviation) >= from)?.text;
  if (degree === undefined) return `${subject} about as usual`;
  return `${subject} ${degree}${deviation > 0 ? 'above' : 'below'} ${reference}`;
}

const measuresOf = (name: string): string =>
  Object.entries(featureDescriptions).find(([feature]) => feature === name)?.[1].measures ?? '';

/** The greatest contribution first, whichever way it goes. */
const byWeight = (a: FeatureContribution, b: FeatureContribution): number =>
  Math.abs(b.contribution) - Math.abs(a.contribution) || (a.name < b.name ? -1 : 1);

/** What each feature of the model added to a second's score; the ranking's are no part of it. */
export function featureContributions(weights: Weights, vector: FeatureVector): readonly FeatureContribution[] {
  const { clip } = weights.model;
  const contributions = contributionsOf(weights, vector, false);
  const described = weights.features.map(({ name, at, mean, scale }): FeatureContribution => {
    const value = vector[at] ?? 0;
    const z = (value - mean) / scale;
    const deviation = Math.min(clip, Math.max(-clip, z));
    return {
      name,
      measures: measuresOf(name),
      value,
      usual: mean,
      deviation,
      clipped: deviation !== z,
      contribution: contributions[name] ?? 0,
      sentence: sentenceOf(name, deviation),
    };
  });
  return described.sort(byWeight);
}

/**
 * The same from contributions that were kept with a highlight: a value follows from its contribution, except where the
 * model is not known (null), weighs the feature with nothing, or did not let all of it count.
 */
export function keptContributions(
  kept: Readonly<Record<string, number>>,
  weights: Weights | null,
): readonly FeatureContribution[] {
  const described = Object.entries(kept).flatMap(([name, contribution]): FeatureContribution[] => {
    if (name === 'intercept') return [];
    const term = weights?.model.features.find((feature) => feature.name === name);
    const deviation = term === undefined || term.weight === 0 ? null : contribution / term.weight + 0;
    const clipped = deviation !== null && weights !== null && Math.abs(deviation) > weights.model.clip - 1e-9;
    const value = term === undefined || deviation === null || clipped ? null : term.mean + deviation * term.scale;
    return [
      {
        name,
        measures: measuresOf(name),
        value,
        usual: term?.mean ?? null,
        deviation,
        clipped,
        contribution,
        sentence: deviation === null ? `${name} added ${contribution.toFixed(2)}` : sentenceOf(name, deviation),
      },
    ];
  });
  return described.sort(byWeight);
}
