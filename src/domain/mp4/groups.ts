import { plain } from './boxes.ts';
import { type MediaTrack, mostSamplesAtOnce } from './media.ts';
import { samplesIn, type TableSample } from './sampletable.ts';

/** One GOP, or several short ones: a stretch of pictures that a key frame begins, the same whoever asks. */
export interface Group {
  /** In decode order. */
  readonly samples: readonly TableSample[];
  /** Time at which the first of its pictures is shown, in ticks of composition. */
  readonly from: number;
}

/** GOPs that begin within the same so many seconds are one group. */
const binSec = 0.5;
/** Groups are looked for from so much before the span on, in seconds, and then from earlier on. */
const leads = [4, 30, Number.POSITIVE_INFINITY];

/**
 * The groups of a picture track around a span, in order: from one that begins at or before it, through one that is shown
 * wholly after it, as far as there are such. The span is in ticks of composition.
 */
export function groupsAround(track: MediaTrack, from: number, to: number): Group[] {
  let found: Group[] = [];
  for (const lead of leads) {
    found = groupsFrom(track, from - lead * track.timescale, to);
    // A frame may belong to the span though it is shown up to half its time before it.
    if (found.some((group, index) => index > 0 && group.from <= from)) break;
  }
  return found;
}

function groupsFrom(track: MediaTrack, decodeFrom: number, to: number): Group[] {
  const groups: Group[] = [];
  let samples: TableSample[] = [];
  let [bin, count] = [-1, 0];
  // Where the reading begins in the middle of a group is not known, so that the first one counts only at the very start.
  let isWhole = false;
  const close = (): void => {
    if (samples.length > 0 && (isWhole || samples[0]?.index === 0)) groups.push({ samples, from: earliest(samples) });
    isWhole ||= samples.length > 0;
    samples = [];
  };
  for (const sample of samplesIn(track.stbl, decodeFrom)) {
    plain(count++ < mostSamplesAtOnce, 'it goes on too long without a key frame');
    const itsBin = Math.floor(sample.decode / track.timescale / binSec);
    if (sample.key && itsBin !== bin) {
      close();
      if ((groups.at(-1)?.from ?? to) > to) return groups;
      bin = itsBin;
    }
    samples.push(sample);
  }
  close();
  return groups;
}

function earliest(samples: readonly TableSample[]): number {
  return samples.reduce((least, { composition }) => Math.min(least, composition), Number.POSITIVE_INFINITY);
}
