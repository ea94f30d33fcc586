import { hits, type Label } from '../quality/labels.ts';
import { leastSpanSec, startOf } from '../scoring/lag.ts';
import type { Told } from './lagcurves.ts';

/** What can be said of the moments that were hit, beside the lag of their starts. */
export interface Spans {
  /** Seconds from a moment's end to chat's telling of it. */
  readonly endSec: number;
  /** Standard deviations of a moment's start and end from where the lags put them. */
  readonly startErrorSec: number;
  readonly endErrorSec: number;
}

/**
 * Share of the moments that have ended where the lag puts their end: what runs on for a second or two is less of a fault
 * than what is cut before it is over.
 */
const endedShare = 0.75;
/** A longer label is a window in which the moment lies somewhere: where it begins and ends, nobody marked. */
const longestSec = 60;
/** A category's own spans count as many labels as were hit, those of all videos as many as this. */
const priorHits = 30;
/** Half of what lies between these quantiles is a standard deviation where errors are normal; outliers don't stretch it. */
const [lowShare, highShare] = [0.1587, 0.8413];

const hasBounds = ({ startSec, endSec }: Label): boolean => endSec >= startSec && endSec - startSec <= longestSec;

/** Seconds from the start and the end of the labels that were hit to their being told, by a lag of their starts. */
function offsets(told: readonly Told[], lagOf: (category: string) => number) {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { video, seconds } of told) {
    const lagSec = lagOf(video.category);
    for (const second of seconds) {
      const label = video.labels.findLast((one) => hits(video.rule, one, startOf(second, lagSec)));
      if (label === undefined || !hasBounds(label)) continue;
      starts.push(second - label.startSec - lagSec);
      ends.push(second - label.endSec);
    }
  }
  return { starts: starts.sort((a, b) => a - b), ends: ends.sort((a, b) => a - b) };
}

/** The value below which a share of the sorted values lies; 0 of none. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const spread = (sorted: readonly number[]): number => (quantile(sorted, highShare) - quantile(sorted, lowShare)) / 2;

/** The spans of all videos, each video's start lag by its category; null where no label of known bounds was hit. */
export function spansOf(told: readonly Told[], lagOf: (category: string) => number): Spans | null {
  const { starts, ends } = offsets(told, lagOf);
  if (starts.length === 0) return null;
  return { endSec: quantile(ends, 1 - endedShare), startErrorSec: spread(starts), endErrorSec: spread(ends) };
}

/** The spans of a category, drawn towards those of all where little was hit. */
export function categorySpans(told: readonly Told[], lagSec: number, all: Spans | null): Spans | null {
  const own = spansOf(told, () => lagSec);
  if (own === null || all === null) return all;
  const hit = offsets(told, () => lagSec).starts.length;
  const prior = priorHits / (hit + priorHits);
  const mixed = (name: keyof Spans): number => own[name] * (1 - prior) + all[name] * prior;
  return { endSec: mixed('endSec'), startErrorSec: mixed('startErrorSec'), endErrorSec: mixed('endErrorSec') };
}

/** The end's lag in whole seconds: never after chat's telling, and never so early that nothing of the moment is left. */
export const endLag = (endSec: number, startLagSec: number): number =>
  Math.max(0, Math.min(startLagSec - leastSpanSec, Math.round(endSec)));
