import { type FeatureContribution, keptContributions } from '../../domain/scoring/explain/contribution.ts';
import { decisiveFeatures, type FeatureCounterfactual } from '../../domain/scoring/explain/counterfactuals.ts';
import {
  decisiveWords,
  outcomeWords,
  thresholdCounterfactual,
  wishCounterfactual,
} from '../../domain/scoring/explain/sentences.ts';
import { weightsOf } from '../../domain/scoring/model.ts';
import { clockName } from '../recording/cliprow.ts';
import type { Explained } from './explained.ts';
import type { ExplainedHighlight } from './highlight.ts';

/** A second as `hh:mm:ss`. */
export const clockText = (sec: number): string => clockName(sec).replaceAll('.', ':');

/** What became of the explained second. */
export function outcomeSentence({ explanation, model, zeroSec }: Explained): string {
  const { outcome, explained } = explanation;
  return outcomeWords(outcome, explained.second, model, (second) => clockText(zeroSec + second));
}

/** Where the moment lies that chat tells of. */
export function momentSentence({ moment: { startSec, endSec, startErrorSec, endErrorSec } }: Explained): string {
  const about = (sec: number, errorSec: number | null): string =>
    `${clockText(sec)}${errorSec === null ? '' : ` (± ${Math.round(errorSec)} s)`}`;
  return `by the lag of chat its moment lies from ${about(startSec, startErrorSec)} to ${about(endSec, endErrorSec)}`;
}

/** What would have changed the outcome; each was computed. */
export function counterfactualSentences({ explanation, wish }: Explained): readonly string[] {
  const { explained, decisive } = explanation;
  const sentences = [
    decisiveWords(explained, decisive),
    thresholdCounterfactual(explanation),
    wishCounterfactual(explanation, wish),
  ];
  return sentences.filter((sentence) => sentence !== '');
}

/** What the record of a highlight says alone. */
export interface KeptExplanation {
  readonly baseline: number | null;
  readonly features: readonly FeatureContribution[];
  readonly decisive: readonly FeatureCounterfactual[];
  readonly counterfactuals: readonly string[];
}

export function keptExplanation({
  record,
  model,
}: Extract<ExplainedHighlight, { readonly from: 'record' }>): KeptExplanation {
  const { contributions, score, threshold } = record;
  const features = keptContributions(contributions, model === null ? null : weightsOf(model));
  const baseline = contributions.intercept ?? null;
  if (threshold === null) return { baseline, features, decisive: [], counterfactuals: [] };
  const decisive = decisiveFeatures(score, threshold, features);
  return { baseline, features, decisive, counterfactuals: [decisiveWords({ score, threshold }, decisive)] };
}
