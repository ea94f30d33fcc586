import { plain } from './boxes.ts';
import { type Extent, isWithin, pieces, rangesOf, type Slack, union } from './extents.ts';
import type { Group } from './groups.ts';
import { type MediaTrack, type MovieIndex, mostSamplesAtOnce } from './media.ts';
import { type PicturesOfSpan, picturesOfSpan } from './pictures.ts';
import { samplesIn, type TableSample } from './sampletable.ts';

/** Samples of a track that follow on one another. */
export interface Slice {
  readonly track: MediaTrack;
  readonly samples: readonly TableSample[];
}

/** The part of a file that shows a span: all that is needed to decode it, and as few other bytes as make sense. */
export interface Cut {
  readonly picture: Slice;
  readonly sounds: readonly Slice[];
  /** Of the picture, when it begins to be shown, in ticks of composition. */
  readonly from: number;
  /** Archive time of that picture, and for how long the part lasts, in milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Time on the file's clock from which the part counts, in whole seconds. */
  readonly zeroSec: number;
  /** To be fetched. Those of a GOP are the same for every span, so that spans share them. */
  readonly ranges: readonly Extent[];
  /** Size of the samples. */
  readonly neededBytes: number;
}

/** Of a GOP's bytes so much may be of its neighbours. */
const groupSlack: Slack = { bytes: 1024, share: 0.02, most: 8 };
/** Sound at a span's ends lies scattered among pictures that are not needed. */
const restSlack: Slack = { bytes: 16 * 1024, share: 0, most: 8 };
/** More requests for one span are not made. */
const mostRanges = 4000;
/** A longer GOP is fetched in pieces. */
const mostBytes = 32 * 1024 * 1024;
/** Two frames of sound: ffmpeg tells how long the last one of a file lasts from the whole track. */
const soundMarginSec = 0.05;
/** Interleaved sound lies no further from its picture. */
const nearSec = 5;

/**
 * Chooses what a span of archive time needs, in milliseconds, of a file of so many bytes. Undefined where no picture lies
 * in it. Throws `NotPlain` or a RangeError.
 */
export function cutOf(
  { picture, sounds, base }: MovieIndex,
  fileBytes: number,
  fromMs: number,
  toMs: number,
): Cut | undefined {
  const baseSec = base / picture.timescale;
  const toSec = baseSec + toMs / 1000;
  const found = picturesOfSpan(picture, baseSec + fromMs / 1000, toSec);
  if (found === undefined) return undefined;
  const toShown = (ticks: number): number => shownAt(picture, ticks);
  const keySec = toShown(found.groups[0]?.samples[0]?.decode ?? found.from);
  const soundFrom = keySec - soundMarginSec;
  const soundTo = Math.max(toShown(found.next ?? found.to), toSec) + soundMarginSec;
  const near = sounds.map((track) => ({
    track,
    samples: samplesBetween(track, soundFrom - nearSec, soundTo + nearSec),
  }));
  const slices = near.map((slice) => narrowed(slice, soundFrom, soundTo)).filter(({ samples }) => samples.length > 0);
  const shown = { track: picture, samples: found.groups.flatMap(({ samples }) => samples) };
  const samples = [shown, ...slices].flatMap((slice) => slice.samples);
  plain(
    samples.every(({ offset, size }) => offset + size <= fileBytes),
    'it ends before its index says',
  );
  const startMs = (toShown(found.from) - baseSec) * 1000;
  return {
    picture: shown,
    sounds: slices,
    from: found.from,
    startMs,
    durationMs: Math.max((toShown(found.to) - baseSec) * 1000, toMs) - startMs,
    zeroSec: zeroOf(picture, found.from, slices),
    ranges: rangesFor(found, toShown, near, slices),
    neededBytes: samples.reduce((sum, { size }) => sum + size, 0),
  };
}

/**
 * A whole second before anything begins: a whole number of every track's ticks, and of microseconds, to which ffmpeg
 * rounds; so what is rounded in the part is rounded as in the whole file.
 */
function zeroOf(picture: MediaTrack, from: number, sounds: readonly Slice[]): number {
  const starts = sounds.map(({ track, samples }) => shownAt(track, samples[0]?.composition ?? 0));
  return Math.floor(Math.min(shownAt(picture, from), ...starts));
}

function samplesBetween(track: MediaTrack, fromSec: number, toSec: number): TableSample[] {
  const [from, to] = [fromSec * track.timescale - track.shift, toSec * track.timescale - track.shift];
  const samples: TableSample[] = [];
  for (const sample of samplesIn(track.stbl, from)) {
    if (sample.decode > to) break;
    plain(samples.push(sample) < mostSamplesAtOnce, 'its sound has too many samples');
  }
  return samples;
}

/** From a key sample on, what is heard between two times. */
function narrowed({ track, samples }: Slice, fromSec: number, toSec: number): Slice {
  const [from, to] = [fromSec * track.timescale - track.shift, toSec * track.timescale - track.shift];
  const first = samples.findIndex(({ composition, duration }) => composition + duration > from);
  const end = samples.findLastIndex(({ composition }) => composition < to) + 1;
  if (first === -1 || end <= first) return { track, samples: [] };
  const key = samples.slice(0, first + 1).findLastIndex((sample) => sample.key);
  plain(key !== -1, 'its sound has no key frame there');
  return { track, samples: samples.slice(key, end) };
}

/**
 * The ranges of each group: its pictures, and what sound lies among them. Then those of sound that lies elsewhere, by
 * the group in whose time it is heard.
 */
function rangesFor(
  { groups, next }: PicturesOfSpan,
  toShown: (ticks: number) => number,
  near: readonly Slice[],
  slices: readonly Slice[],
): Extent[] {
  const starts = groups.map(({ from }) => toShown(from));
  const ends = [...starts.slice(1), next === undefined ? Number.POSITIVE_INFINITY : toShown(next)];
  const main = groups.flatMap((group, index) => mainRanges(group, starts[index] ?? 0, ends[index] ?? 0, near));
  const covered = union(main);
  const rest = new Map<number, Extent[]>();
  for (const { track, samples } of slices) {
    for (const sample of samples) {
      if (isWithin(covered, extentOf(sample))) continue;
      const time = shownAt(track, sample.composition);
      const group = starts.findLastIndex((start) => start <= time);
      const extents = rest.get(group) ?? [];
      extents.push(extentOf(sample));
      rest.set(group, extents);
    }
  }
  const apart = [...rest.values()].flatMap((extents) => rangesOf(extents, restSlack));
  plain(main.length + apart.length <= mostRanges, 'its samples lie too far apart');
  return pieces([...main, ...apart], mostBytes);
}

function mainRanges({ samples }: Group, startSec: number, endSec: number, near: readonly Slice[]): Extent[] {
  const pictures = union(samples.map(extentOf));
  const last = pictures.at(-1);
  const within = { offset: pictures[0]?.offset ?? 0, end: (last?.offset ?? 0) + (last?.length ?? 0) };
  const among = near.flatMap(({ track, samples: all }) =>
    all.filter((sample) => {
      const time = shownAt(track, sample.composition);
      const isNear = time >= startSec - nearSec && time <= endSec + nearSec;
      return isNear && sample.offset >= within.offset && sample.offset + sample.size <= within.end;
    }),
  );
  return rangesOf([...pictures, ...among.map(extentOf)], groupSlack);
}

/** In seconds. */
function shownAt({ shift, timescale }: MediaTrack, ticks: number): number {
  return (ticks + shift) / timescale;
}

function extentOf({ offset, size }: TableSample): Extent {
  return { offset, length: size };
}
