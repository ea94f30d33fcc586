import { box } from './segments.ts';

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [k, value] of values.entries()) bytes.writeUInt32BE(value, k * 4);
  return bytes;
};

export interface MadeTrack {
  readonly id: number;
  readonly timescale: number;
  /** Of a sample, where fragments say none. */
  readonly duration: number;
}

/** An initialisation section of these tracks; `isWide` writes their dates in 64 bits. */
export function timedInit(tracks: readonly MadeTrack[], isWide = false): Buffer {
  const dates = isWide ? [0, 0, 0, 0] : [0, 0];
  const version = isWide ? 0x0100_0000 : 0;
  const traks = tracks.map(({ id, timescale }) =>
    box(
      'trak',
      Buffer.concat([
        box('tkhd', words(version, ...dates, id, 0, 0)),
        box('mdia', box('mdhd', words(version, ...dates, timescale, 0, 0))),
      ]),
    ),
  );
  const trexes = tracks.map(({ id, duration }) => box('trex', words(0, id, 1, duration, 0, 0)));
  return Buffer.concat([box('ftyp', 16), box('moov', Buffer.concat([...traks, box('mvex', Buffer.concat(trexes))]))]);
}

export interface MadeFragment {
  readonly id: number;
  readonly count: number;
  /** Of all samples, in the fragment's header; with every optional field in front of it if `isFull`. */
  readonly duration?: number;
  /** Of each sample, in its run. */
  readonly durations?: readonly number[];
  readonly isFull?: boolean;
}

/** A `moof` with one run of samples, and its `mdat`. */
export function timedFragment({ id, count, duration, durations, isFull = false }: MadeFragment): Buffer {
  const headerFlags = (isFull ? 0x3 : 0) | (duration === undefined ? 0 : 0x8);
  const tfhd = words(headerFlags, id, ...(isFull ? [0, 0, 1] : []), ...(duration === undefined ? [] : [duration]));
  const runFlags = (isFull ? 0xe05 : 0) | (durations === undefined ? 0 : 0x100);
  const entries = Array.from({ length: count }, (_, k) => [
    ...(durations === undefined ? [] : [durations[k] ?? 0]),
    ...(isFull ? [9, 9, 9] : []),
  ]);
  const trun = words(runFlags, count, ...(isFull ? [9, 9] : []), ...entries.flat());
  const traf = box('traf', Buffer.concat([box('tfhd', tfhd), box('trun', trun)]));
  return Buffer.concat([box('moof', Buffer.concat([box('mfhd', words(0, 1)), traf])), box('mdat', 100)]);
}
