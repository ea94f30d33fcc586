import type { Output } from '../../../src/runtime/stage.ts';
import { zeroAtMs } from '../chatstream.ts';
import { broadcastOf, chatter, type Happening, reaction } from '../madebroadcast.ts';
import { highlightsIn, outputsOf } from '../scorestage.ts';
import type { Attack } from './adversary.ts';

/** After an attack's end the windows of the features still hold it. */
const echoSec = 30;

/** A broadcast's seconds from an attack's begin until nothing holds it any more. */
export interface Span {
  readonly atSec: number;
  readonly lengthSec: number;
}

/** What a span gave. */
export interface Outcome {
  /** Highlights that began in it. */
  readonly highlights: number;
  /** The greatest distance of the score above the threshold; below zero where it stayed under it. */
  readonly margin: number;
}

const secondOf = (atMs: number): number => (atMs - zeroAtMs) / 1000;

/** What a broadcast gave in a span, or while the attack that began with it lasted. */
export function outcomeIn(outputs: readonly Output[], { atSec, lengthSec }: Span): Outcome {
  const isWithin = (atMs: number): boolean => secondOf(atMs) >= atSec && secondOf(atMs) < atSec + lengthSec + echoSec;
  const margins = outputs.flatMap((output) =>
    output.topic === 'streams.seconds' && isWithin(output.record.atMs)
      ? [output.record.score - output.record.threshold]
      : [],
  );
  return {
    highlights: highlightsIn(outputs).filter(({ peakMs }) => isWithin(peakMs)).length,
    margin: Math.max(...margins),
  };
}

const seconds = 1200;
const attackAtSec = 600;
/** Moments before and after the attack. */
const momentsAt = [200, 420, 1060] as const;

/** What a broadcast that is attacked gave. */
interface Trial extends Outcome {
  /** Of the three moments in other places, those that were found. */
  readonly others: number;
}

/** Chat of two messages a second of 400 people with three moments of 30, and `happenings` 600 s after its zero. */
function trialOf(seed: number, lengthSec: number, happenings: (attack: Attack) => Happening[]): Trial {
  const usual = chatter({ toSec: seconds, perSecond: 2, people: 400, seed });
  const moments = momentsAt.flatMap((atSec) => reaction({ atSec, people: 30, seed: seed + atSec }));
  const attack = happenings({ atSec: attackAtSec, seed: seed + 77 });
  const outputs = outputsOf(broadcastOf([...usual, ...moments, ...attack], seconds));
  const isFound = (atSec: number): boolean => outcomeIn(outputs, { atSec, lengthSec: 0 }).highlights > 0;
  return {
    ...outcomeIn(outputs, { atSec: attackAtSec, lengthSec }),
    others: momentsAt.filter(isFound).length,
  };
}

export const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Several broadcasts with the same attack. */
export interface Trials {
  /** In how many of them it made a highlight. */
  readonly found: number;
  /** The middle one of their margins. */
  readonly margin: number;
  /** Moments in other places that were found, of three in each. */
  readonly others: number;
}

/** A trial for each seed. */
export function trialsOf(
  seeds: readonly number[],
  lengthSec: number,
  happenings: (attack: Attack) => Happening[],
): Trials {
  const trials = seeds.map((seed) => trialOf(seed, lengthSec, happenings));
  return {
    found: trials.filter(({ highlights }) => highlights > 0).length,
    margin: middle(trials.map(({ margin }) => margin)),
    others: trials.reduce((sum, { others }) => sum + others, 0),
  };
}
