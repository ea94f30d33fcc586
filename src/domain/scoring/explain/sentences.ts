import type { Model } from '../model.ts';
import type { FeatureContribution } from './contribution.ts';
import type { FeatureCounterfactual } from './counterfactuals.ts';
import type { Explanation } from './explanation.ts';
import { momentSec, type Outcome } from './outcome.ts';
import { type WishRange, wishWords } from './wishes.ts';

/** A second of the broadcast as people write it. */
export type Clock = (second: number) => string;

const mostNamed = 4;
/** What adds less than this to a score explains nothing. */
const leastTold = 0.1;
/** Nor what is about as usual. */
const leastDeviation = 0.5;
const mostDecisive = 5;

/** What raised a score and what lowered it, a sentence each, the greatest first; none where nothing stands out. */
export function reasons(features: readonly FeatureContribution[]): readonly string[] {
  const telling = features.filter(({ deviation }) => deviation === null || Math.abs(deviation) >= leastDeviation);
  const raised = telling.filter(({ contribution }) => contribution >= leastTold).slice(0, mostNamed);
  const lowered = telling.filter(({ contribution }) => contribution <= -leastTold).slice(0, mostNamed);
  return [...raised, ...lowered].map(reason);
}

/** Where less of something raises the score, or more of it lowers it, that is said: nobody expects it. */
function reason({ sentence, deviation, contribution }: FeatureContribution): string {
  const isInverse = deviation !== null && deviation * contribution < 0;
  const effect = contribution > 0 ? ', which speaks for a moment' : ', which speaks against a moment';
  return `${signed(contribution)} ${sentence}${isInverse ? effect : ''}`;
}

/** With two decimals and its sign. */
export const signed = (value: number): string => `${value <= -0.005 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;

/** By how much a score passed or failed a threshold. */
export function marginWords(score: number, threshold: number): string {
  const margin = score - threshold;
  const [has, wants] = [score.toFixed(2), threshold.toFixed(2)];
  return margin >= 0
    ? `score ${has}, ${margin.toFixed(2)} above the threshold of ${wants}`
    : `score ${has}, ${(-margin).toFixed(2)} below the threshold of ${wants}`;
}

/** Why a second was emitted or not. */
export function outcomeWords(outcome: Outcome, second: number, model: Model, clock: Clock): string {
  const { emittedSecond, hindrance } = outcome;
  if (hindrance === null) return 'emitted: a highlight begins in this second';
  const why = hindranceWords(outcome, second, model, clock);
  if (emittedSecond === null) return `not emitted: ${why}`;
  const apart = `${Math.abs(emittedSecond - second)} s ${emittedSecond < second ? 'before' : 'after'}`;
  return `emitted: the highlight of this moment begins ${apart}, at ${clock(emittedSecond)}; this second itself: ${why}`;
}

function hindranceWords({ hindrance, previousSecond }: Outcome, second: number, model: Model, clock: Clock): string {
  if (hindrance === 'warm-up') {
    return `in the first ${model.warmUpSec} s of a broadcast, or after an interruption, too little is known of the chat`;
  }
  if (hindrance === 'threshold' || previousSecond === null) return 'below the threshold';
  const ago = second - previousSecond;
  if (hindrance === 'cool-down') {
    return `in the cool-down of ${model.coolDownSec} s after the highlight at ${clock(previousSecond)}, ${ago} s before`;
  }
  const depth = model.rearm.toFixed(2);
  return `not re-armed: since the highlight at ${clock(previousSecond)}, ${ago} s before, the score has not fallen ${depth} below the threshold`;
}

/** Which threshold would have changed what became of a second; empty where no threshold would. */
export function thresholdCounterfactual({ explained, outcome }: Pick<Explanation, 'explained' | 'outcome'>): string {
  const score = explained.score.toFixed(2);
  if (outcome.hindrance === 'threshold') return `a threshold of ${score} or less would have let this second pass`;
  return outcome.hindrance === null ? `a threshold above ${score} would have stopped this second` : '';
}

/** What one feature at its usual value would have changed. */
export function decisiveWords(
  { score, threshold }: { readonly score: number; readonly threshold: number },
  decisive: readonly FeatureCounterfactual[],
): string {
  const passed = score >= threshold;
  const side = passed ? 'below' : 'above';
  if (decisive.length === 0) return `no single feature at its usual value would have put it ${side} the threshold`;
  const named = decisive.slice(0, mostDecisive).map((one) => `${one.name} (then ${one.score.toFixed(2)})`);
  const more = decisive.length > mostDecisive ? ` and ${decisive.length - mostDecisive} more` : '';
  return `${side} the threshold with one of these at its usual value: ${named.join(', ')}${more}`;
}

/** Which wish, in highlights an hour throughout the broadcast, would have changed the outcome. `wish` was in force. */
export function wishCounterfactual({ outcome, wishes }: Pick<Explanation, 'outcome' | 'wishes'>, wish: number): string {
  const others: readonly WishRange[] = outcome.emitted ? wishes.notEmitted : wishes.emitted;
  const would = outcome.emitted ? 'would not have been' : 'would have been';
  const now = `${Number(wish.toFixed(2))} an hour are wished`;
  if (others.length === 0) {
    return `${now}; no other wish would have ${outcome.emitted ? 'kept it from being emitted' : 'let it pass'}`;
  }
  return `${now}; with ${wishWords(others)} it ${would} emitted within ${momentSec} s`;
}
