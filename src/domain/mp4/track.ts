import { bodyOf, plain, requiredBody } from './boxes.ts';
import { type Description, descriptionOf } from './description.ts';
import { type Edit, editOf } from './edit.ts';
import { requireListedKeys, samplesIn } from './sampletable.ts';

/** A sample as it is shown; times in seconds on the file's clock, after edits. */
export interface Sample {
  /** Index of its track. */
  readonly stream: number;
  readonly pts: number;
  readonly dts: number;
  readonly duration: number;
  readonly key: boolean;
  /** Not to be shown: outside the edit. */
  readonly discard: boolean;
  /** Where its bytes lie in the file. */
  readonly offset: number;
  readonly size: number;
}

/** A track as its header describes it. */
export interface Track {
  /** Its place among the file's tracks, which is also how ffmpeg numbers them. */
  readonly index: number;
  readonly kind: 'video' | 'audio' | 'other';
  readonly description: Description;
  /** Ticks a second. */
  readonly timescale: number;
  readonly edit: Edit;
  /** Clockwise turn in degrees that a player applies. */
  readonly rotation: number;
  /**
   * Its samples in decode order, from the last key sample on that is no later than the first one that is decoded at a
   * time or after; all unless it is given. Throws `NotPlain` where its tables disagree.
   */
  samples(fromSec?: number): Generator<Sample>;
}

const kinds: Readonly<Record<string, Track['kind']>> = { vide: 'video', soun: 'audio' };

/** What a track shows, from the body of its `mdia`. */
export function kindOf(mdia: Buffer): Track['kind'] {
  return kinds[requiredBody(mdia, 'hdlr').toString('latin1', 8, 12)] ?? 'other';
}

const noRotation = '1,0,0,1';
/** The four numbers of a track's matrix that turn it. */
const rotations: Readonly<Record<string, number>> = {
  [noRotation]: 0,
  '0,1,-1,0': 90,
  '-1,0,0,-1': 180,
  '0,-1,1,0': 270,
};

export function trackOf(trak: Buffer, index: number, movieTimescale: number): Track {
  const mdia = requiredBody(trak, 'mdia');
  const kind = kindOf(mdia);
  const timescale = timescaleOf(requiredBody(mdia, 'mdhd'));
  const edit = editOf(trak, timescale, movieTimescale);
  const tkhd = requiredBody(trak, 'tkhd');
  const rotation = rotations[matrixAt(tkhd, tkhd.readUInt8(0) === 1 ? 52 : 40)];
  plain(rotation !== undefined, 'the picture is turned in an unusual way');
  const stbl = requiredBody(mdia, 'minf', 'stbl');
  const description = descriptionOf(stbl, kind);
  const samples = (fromSec = Number.NEGATIVE_INFINITY): Generator<Sample> =>
    editedSamples(stbl, { index, kind, timescale, edit }, fromSec);
  return { index, kind, description, timescale, edit, rotation, samples };
}

/** Ticks a second in an `mdhd` or `mvhd`. Throws `NotPlain` where it is 0. */
export function timescaleOf(header: Buffer): number {
  const timescale = header.readUInt32BE(header.readUInt8(0) === 1 ? 20 : 12);
  plain(timescale > 0, 'its clock stands still');
  return timescale;
}

/** Ticks a second of a whole file, from the body of its `moov`. Throws `NotPlain` where that turns all its pictures. */
export function movieTimescaleOf(moov: Buffer): number {
  const mvhd = requiredBody(moov, 'mvhd');
  plain(matrixAt(mvhd, mvhd.readUInt8(0) === 1 ? 48 : 36) === noRotation, 'all pictures are turned');
  plain(bodyOf(moov, 'mvex') === undefined, 'it is in fragments');
  return timescaleOf(mvhd);
}

function matrixAt(header: Buffer, at: number): string {
  return [0, 4, 12, 16].map((of) => header.readInt32BE(at + of) / 0x10000).join(',');
}

/** Samples as they are shown: in seconds, after the edit. */
function* editedSamples(
  stbl: Buffer,
  { index, kind, timescale, edit }: Pick<Track, 'index' | 'kind' | 'timescale' | 'edit'>,
  fromSec: number,
): Generator<Sample> {
  requireListedKeys(stbl);
  const shift = edit.empty - edit.from;
  for (const { decode, composition, duration, key, offset, size } of samplesIn(stbl, fromSec * timescale - shift)) {
    // A picture is shown whole or not at all, but of a frame of sound what lies inside is heard.
    const early = kind === 'audio' ? composition + duration <= edit.from : composition < edit.from;
    const [pts, dts] = [(composition + shift) / timescale, (decode + shift) / timescale];
    const discard = early || composition >= edit.to;
    yield { stream: index, pts, dts, duration: duration / timescale, key, discard, offset, size };
  }
}
