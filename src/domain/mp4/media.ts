import { bodyOf, boxesIn, NoPicture, NotPlain, plain, requiredBody } from './boxes.ts';
import { type Edit, editOf } from './edit.ts';
import { decodeEnd, sampleCount, samplesIn, type TableSample } from './sampletable.ts';
import { kindOf, timescaleOf } from './track.ts';

/** A track of picture or sound, as far as cutting from it needs. */
export interface MediaTrack {
  readonly kind: 'video' | 'audio';
  /** Body of its `trak`, and of the `stbl` within. */
  readonly trak: Buffer;
  readonly stbl: Buffer;
  /** Ticks a second. */
  readonly timescale: number;
  readonly edit: Edit;
  /** Ticks from a sample's composition time to the time at which it is shown. */
  readonly shift: number;
}

/** What an index (the body of a `moov`) says of the media in its file. */
export interface MovieIndex {
  /** Body of the `mvhd`. */
  readonly header: Buffer;
  /** The first picture track that holds any. */
  readonly picture: MediaTrack;
  readonly sounds: readonly MediaTrack[];
  /** When the first picture is shown, in the picture's ticks: archive time 0. */
  readonly base: number;
  /** From there to the end of the last picture or sound. */
  readonly durationMs: number;
}

/** So many samples of a track are looked at for one answer: two hours of pictures, or ten seconds of raw sound. */
export const mostSamplesAtOnce = 500_000;

/**
 * Reads an index. Throws `NotPlain` (or a RangeError, where a table ends early) for one from which no part of the file
 * can be told: fragments, encryption, no picture, several edits or descriptions, tables that disagree.
 */
export function movieIndexOf(moov: Buffer): MovieIndex {
  plain(bodyOf(moov, 'mvex') === undefined, 'it is in fragments');
  const header = requiredBody(moov, 'mvhd');
  const movieTimescale = timescaleOf(header);
  const tracks = boxesIn(moov)
    .filter(({ type }) => type === 'trak')
    .map(({ start, end }) => mediaTrackOf(moov.subarray(start, end), movieTimescale))
    .filter((track) => track !== undefined);
  const listed = tracks.find(({ kind }) => kind === 'video');
  if (listed === undefined) throw new NoPicture('it has no picture');
  const sounds = tracks.filter(({ kind }) => kind === 'audio');
  const first = firstShown(listed);
  // Where an edit begins between two pictures, ffmpeg shows the first one when the edit begins.
  const picture = listed.edit.stated ? { ...listed, shift: listed.edit.empty - first } : listed;
  const base = first + picture.shift;
  const endSec = Math.max(...[picture, ...sounds].map(endOf));
  return { header, picture, sounds, base, durationMs: Math.round((endSec - base / picture.timescale) * 1000) };
}

/** The track, unless it is one of text or data, or holds nothing. */
function mediaTrackOf(trak: Buffer, movieTimescale: number): MediaTrack | undefined {
  const mdia = requiredBody(trak, 'mdia');
  const kind = kindOf(mdia);
  if (kind === 'other') return undefined;
  const stbl = requiredBody(mdia, 'minf', 'stbl');
  if (sampleCount(stbl) === 0) return undefined;
  const entry = boxesIn(requiredBody(stbl, 'stsd').subarray(8))[0]?.type;
  plain(entry !== 'encv' && entry !== 'enca', 'it is encrypted');
  const timescale = timescaleOf(requiredBody(mdia, 'mdhd'));
  const edit = editOf(trak, timescale, movieTimescale);
  return { kind, trak, stbl, timescale, edit, shift: edit.empty - edit.from };
}

export function isShown({ edit }: MediaTrack, { composition }: TableSample): boolean {
  return (!edit.stated || composition >= edit.from) && composition < edit.to;
}

/** When the first sample that is shown is so, in ticks of composition. */
function firstShown(track: MediaTrack): number {
  let first = Number.POSITIVE_INFINITY;
  for (const sample of samplesIn(track.stbl, Number.NEGATIVE_INFINITY)) {
    if (sample.decode > first) break;
    if (isShown(track, sample)) first = Math.min(first, sample.composition);
  }
  if (first === Number.POSITIVE_INFINITY) throw new NotPlain('nothing of its picture is shown');
  return first;
}

/** The end is looked for in so much of a track, in seconds, and then in more of it. */
const tailSec = [4, 600, Number.POSITIVE_INFINITY];

/** Seconds at which what is shown of a track ends. */
function endOf(track: MediaTrack): number {
  const all = decodeEnd(track.stbl);
  for (const lead of tailSec) {
    let end = Number.NEGATIVE_INFINITY;
    let count = 0;
    for (const sample of samplesIn(track.stbl, all - lead * track.timescale)) {
      plain(count++ < mostSamplesAtOnce, 'it goes on too long without a key frame');
      if (isShown(track, sample)) end = Math.max(end, sample.composition + sample.duration);
    }
    if (end !== Number.NEGATIVE_INFINITY) return (end + track.shift) / track.timescale;
  }
  return Number.NEGATIVE_INFINITY;
}
