import { type Box, boxesIn, plain, requiredBody } from './boxes.ts';
import type { Cut, Slice } from './cut.ts';
import { isShown } from './media.ts';
import { boxOf, withDuration } from './write.ts';
import { tablesOf } from './writetables.ts';

/** Where the durations lie in the bodies of headers, by their version. */
const durationIn = { mvhd: { v0: 16, v1: 24 }, tkhd: { v0: 20, v1: 28 }, mdhd: { v0: 16, v1: 24 } };
/** Readers keep it as a signed number. */
const largestTimescale = 0x7fff_ffff;

/**
 * The `moov` of a file that holds a cut's bytes and shows them as the whole one does: the same ticks, the same words to
 * the decoder; only its clock begins elsewhere. `place` says at which byte of the new file a byte of the old one lies.
 */
export function movieOf(cut: Cut, header: Buffer, place: (offset: number) => number): Buffer {
  const slices = [cut.picture, ...cut.sounds];
  const timescale = timescaleFor(slices);
  const edits = slices.map((slice) => editFor(slice, cut));
  const lengths = edits.map(({ empty, length }, index) => toMovie(empty + length, slices[index], timescale));
  const mvhd = withDuration(header, durationIn.mvhd, Math.max(...lengths));
  mvhd.writeUInt32BE(timescale, mvhd.readUInt8(0) === 1 ? 20 : 12);
  const tracks = slices.map((slice, index) => {
    const { empty, from, length, bump } = edits[index] ?? noEdit;
    const list = editList([
      ...(empty > 0 ? [[toMovie(empty, slice, timescale), -1]] : []),
      [toMovie(length, slice, timescale), from],
    ]);
    return trackOf(slice, list, lengths[index] ?? 0, tablesOf(slice, bump, place));
  });
  return boxOf('moov', boxOf('mvhd', mvhd), ...tracks);
}

/** In a track's ticks: for how long nothing is shown, then from where and for how long its media. */
interface SliceEdit {
  readonly empty: number;
  readonly from: number;
  readonly length: number;
  /** Added to composition times. */
  readonly bump: number;
}

const noEdit: SliceEdit = { empty: 0, from: 0, length: 0, bump: 0 };

function editFor({ track, samples }: Slice, cut: Cut): SliceEdit {
  const { timescale, shift, edit } = track;
  const decode = samples[0]?.decode ?? 0;
  const isPicture = track === cut.picture.track;
  const bump = isPicture ? Math.max(0, decode - cut.from) : 0;
  const toShown = decode - bump + shift - cut.zeroSec * timescale;
  // What the whole file hides stays hidden.
  const from = isPicture ? cut.from - decode + bump : Math.max(0, edit.from - decode, -toShown);
  const shown = samples.filter((sample) => isShown(track, sample));
  const end = shown.reduce((latest, { composition, duration }) => Math.max(latest, composition + duration), 0);
  const length = Math.min(end, edit.to) - decode + bump - from;
  return { empty: toShown + from, from, length: Math.max(1, length), bump };
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** So many ticks a second that a tick of any track is a whole number of them, where there is such a number. */
function timescaleFor(slices: readonly Slice[]): number {
  const scales = slices.map(({ track }) => track.timescale);
  const least = scales.reduce((a, b) => (a / gcd(a, b)) * b);
  return least <= largestTimescale ? least : (scales[0] ?? least);
}

function toMovie(ticks: number, slice: Slice | undefined, timescale: number): number {
  return Math.round((ticks * timescale) / (slice?.track.timescale ?? timescale));
}

function editList(entries: readonly (readonly number[])[]): Buffer {
  const body = Buffer.alloc(8 + entries.length * 20);
  body.writeUInt8(1, 0);
  body.writeUInt32BE(entries.length, 4);
  for (const [index, [duration = 0, from = 0]] of entries.entries()) {
    body.writeBigUInt64BE(BigInt(duration), 8 + index * 20);
    body.writeBigInt64BE(BigInt(from), 16 + index * 20);
    body.writeUInt16BE(1, 24 + index * 20);
  }
  return boxOf('edts', boxOf('elst', body));
}

function trackOf({ track: { trak }, samples }: Slice, edits: Buffer, length: number, tables: Buffer): Buffer {
  const mdia = requiredBody(trak, 'mdia');
  const media = samples.reduce((sum, { duration }) => sum + duration, 0);
  const minf = replaced(requiredBody(mdia, 'minf'), { stbl: tables });
  const mdhd = boxOf('mdhd', withDuration(requiredBody(mdia, 'mdhd'), durationIn.mdhd, media));
  const tkhd = boxOf('tkhd', withDuration(requiredBody(trak, 'tkhd'), durationIn.tkhd, length));
  return boxOf('trak', tkhd, edits, boxOf('mdia', replaced(mdia, { mdhd, minf: boxOf('minf', minf) })));
}

/** A body with other boxes of some types. */
function replaced(body: Buffer, by: Readonly<Record<string, Buffer>>): Buffer {
  const copyOf = ({ type, start, end }: Box): Buffer => boxOf(type, body.subarray(start, end));
  const boxes = boxesIn(body);
  plain(
    Object.keys(by).every((type) => boxes.filter((box) => box.type === type).length === 1),
    'its boxes are not where they belong',
  );
  return Buffer.concat(boxes.map((box) => by[box.type] ?? copyOf(box)));
}
