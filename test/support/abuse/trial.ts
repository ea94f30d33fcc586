import type { Output } from '../../../src/runtime/stage.ts';
import { zeroAtMs } from '../chatstream.ts';
import { broadcastOf, chatter, type Happening, reaction } from '../madebroadcast.ts';
import { highlightsIn, outputsOf } from '../scorestage.ts';
import type { Attack } from './adversary.ts';

const seconds = 1200;
/** Moments before and after the attack. */
const momentsAt = [200, 420, 1060] as const;
/** When the attack begins. */
export const attackAtSec = 600;
/** After its end the windows of the features still hold it. */
const echoSec = 30;

/** What a broadcast that is attacked gave. */
export interface Trial {
  /** Highlights that began while it lasted. */
  readonly highlights: number;
  /** The greatest distance of the score above the threshold in that time; below zero where it stayed under it. */
  readonly margin: number;
  /** Of the three moments in other places, those that were found. */
  readonly others: number;
}

const beganWithin = (outputs: readonly Output[], fromSec: number, toSec: number): number =>
  highlightsIn(outputs).filter(({ peakMs }) => {
    const second = (peakMs - zeroAtMs) / 1000;
    return second >= fromSec && second < toSec;
  }).length;

/** Chat of two messages a second of 400 people with three moments of 30, and `happenings` 600 s after its zero. */
export function trialOf(seed: number, lengthSec: number, happenings: (attack: Attack) => Happening[]): Trial {
  const usual = chatter({ toSec: seconds, perSecond: 2, people: 400, seed });
  const moments = momentsAt.flatMap((atSec) => reaction({ atSec, people: 30, seed: seed + atSec }));
  const attack = happenings({ atSec: attackAtSec, seed: seed + 77 });
  const outputs = outputsOf(broadcastOf([...usual, ...moments, ...attack], seconds));
  const end = attackAtSec + lengthSec + echoSec;
  const margins = outputs.flatMap((output) => {
    if (output.topic !== 'streams.seconds') return [];
    const second = (output.record.atMs - zeroAtMs) / 1000;
    return second >= attackAtSec && second < end ? [output.record.score - output.record.threshold] : [];
  });
  return {
    highlights: beganWithin(outputs, attackAtSec, end),
    margin: Math.max(...margins),
    others: momentsAt.filter((at) => beganWithin(outputs, at, at + 25) > 0).length,
  };
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;

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
    margin: middle(trials.map(({ margin }) => margin).sort((a, b) => a - b)),
    others: trials.reduce((sum, { others }) => sum + others, 0),
  };
}
