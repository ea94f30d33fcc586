import { hash32 } from '../scoring/hash.ts';
import type { Model } from '../scoring/model.ts';

/** What a person decided of a highlight. */
export interface Decision {
  readonly channelId: string;
  readonly streamId: string;
  readonly decision: 'approved' | 'trimmed' | 'rejected';
  /**
   * How much earlier the moment begins, as the person left it, than the scorer's category lag had put it, in seconds: what
   * the channel's lag is longer by. Null where the scorer never told of it on air.
   */
  readonly startShiftSec: number | null;
  /** The same of its end. */
  readonly endShiftSec: number | null;
  /** What was measured when it was found, by feature; without those that its model did not weigh. */
  readonly values: ReadonlyMap<string, number>;
}

/** What a model measured, from what each feature added: what it clipped stays clipped. */
export function valuesFrom(model: Model, contributions: Readonly<Record<string, number>>): Decision['values'] {
  const measured = model.features.flatMap(({ name, mean, scale, weight }): [string, number][] => {
    const added = contributions[name];
    return added === undefined || weight === 0 ? [] : [[name, mean + (added / weight) * scale]];
  });
  return new Map(measured);
}

export const isApproved = ({ decision }: Decision): boolean => decision !== 'rejected';

/** A feature's standardised value; one that was not measured is as usual. */
export function standardisedValue(
  values: Decision['values'],
  { name, mean, scale }: Pick<Model['features'][number], 'name' | 'mean' | 'scale'>,
  clip: number,
): number {
  return Math.min(clip, Math.max(-clip, ((values.get(name) ?? mean) - mean) / scale));
}

function scoreOfValues({ intercept, features, clip }: Model, values: Decision['values']): number {
  return features.reduce((sum, term) => sum + term.weight * standardisedValue(values, term, clip), intercept);
}

/** Whether a part of a cross-validation keeps a decision out; all of a broadcast go together. */
export const isKeptOut = ({ streamId }: Decision, part: number, parts: number): boolean =>
  (hash32(streamId) >>> 0) % parts === part;

/** Decisions with a model that has not seen them. */
export interface Judged {
  readonly model: Model;
  readonly decisions: readonly Decision[];
}

/**
 * How often an approved moment has the higher score, of all pairs of an approved and a rejected one that a model judges
 * (the area under the ROC curve; Hanley and McNeil 1982). Null where there is no such pair.
 */
export function agreement(judged: readonly Judged[]): number | null {
  let pairs = 0;
  let right = 0;
  for (const { model, decisions } of judged) {
    const scored = decisions.map((one) => ({ approved: isApproved(one), score: scoreOfValues(model, one.values) }));
    const rejected = scored.filter(({ approved }) => !approved);
    for (const good of scored.filter(({ approved }) => approved)) {
      for (const bad of rejected) right += good.score > bad.score ? 1 : good.score === bad.score ? 0.5 : 0;
      pairs += rejected.length;
    }
  }
  return pairs === 0 ? null : right / pairs;
}
