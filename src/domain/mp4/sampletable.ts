import { type Box, bodyOf, boxesIn, entriesOf, plain, requiredBody } from './boxes.ts';
import { Chunks } from './chunks.ts';
import { RunLengths } from './runlengths.ts';

/** A sample as its track's tables say; times in the track's own ticks, before edits. */
export interface TableSample {
  readonly index: number;
  readonly decode: number;
  readonly composition: number;
  readonly duration: number;
  readonly key: boolean;
  /** Where its bytes lie in the file. */
  readonly offset: number;
  readonly size: number;
}

/** Uncompressed sound has a sample for each value; such a track is left to others. */
const mostSamples = 16_000_000;

/**
 * Samples of a track in decode order, from the body of its `stbl`: from the last key sample on that is no later than
 * the first one that is decoded at `from` ticks or after. Throws `NotPlain` where its tables disagree.
 */
export function* samplesIn(stbl: Buffer, from: number): Generator<TableSample> {
  const sizes = sampleSizes(requiredBody(stbl, 'stsz'));
  const durations = new RunLengths(requiredBody(stbl, 'stts'), sizes.count);
  const shiftTable = bodyOf(stbl, 'ctts');
  const shifts = shiftTable && new RunLengths(shiftTable, sizes.count);
  const chunks = new Chunks(stbl, sizes.count);
  const keys = keySamples(bodyOf(stbl, 'stss'));
  let index = keys.before(durations.countBelow(from));
  let decode = durations.skip(index);
  shifts?.skip(index);
  chunks.skip(index, sizes.of);
  for (; index < sizes.count; index++) {
    const [size, duration] = [sizes.of(index), durations.next()];
    plain(duration >= 0, 'a sample has a negative duration');
    const composition = decode + (shifts?.next() ?? 0);
    yield { index, decode, composition, duration, key: keys.has(index), offset: chunks.next(size), size };
    decode += duration;
  }
}

export function sampleCount(stbl: Buffer): number {
  return sampleSizes(requiredBody(stbl, 'stsz')).count;
}

/** Ticks at which the last sample of a track has been decoded. */
export function decodeEnd(stbl: Buffer): number {
  const count = sampleCount(stbl);
  return new RunLengths(requiredBody(stbl, 'stts'), count).skip(count);
}

/** Throws `NotPlain` where samples are key frames that `stss` does not list. */
export function requireListedKeys(stbl: Buffer): void {
  plain(!boxesIn(stbl).some((box) => marksKeys(stbl, box)), 'key frames are marked in another way too');
}

function marksKeys(stbl: Buffer, { type, start }: Box): boolean {
  return type === 'stps' || (type === 'sbgp' && stbl.toString('latin1', start + 4, start + 8) === 'rap ');
}

function sampleSizes(stsz: Buffer): { readonly count: number; readonly of: (index: number) => number } {
  const fixed = stsz.readUInt32BE(4);
  const count = stsz.readUInt32BE(8);
  plain(count <= mostSamples && (fixed > 0 || 12 + count * 4 <= stsz.length), 'it has too many samples');
  return { count, of: (index) => (fixed > 0 ? fixed : stsz.readUInt32BE(12 + index * 4)) };
}

interface KeySamples {
  /** Asked of samples in order. */
  has(index: number): boolean;
  /** The last one up to a sample, or the first sample. */
  before(index: number): number;
}

function keySamples(stss: Buffer | undefined): KeySamples {
  if (stss === undefined) return { has: () => true, before: (index) => index };
  const count = entriesOf(stss, 4);
  plain(count > 0, 'no sample is a key frame');
  const at = (entry: number): number =>
    entry < count ? stss.readUInt32BE(8 + entry * 4) - 1 : Number.POSITIVE_INFINITY;
  let entry = 0;
  const turnTo = (index: number): void => {
    while (at(entry) < index) entry++;
  };
  return {
    has: (index) => {
      turnTo(index);
      return at(entry) === index;
    },
    before: (index) => {
      turnTo(index + 1);
      const found = Math.max(0, entry > 0 ? at(entry - 1) : 0);
      entry = 0;
      return found;
    },
  };
}
