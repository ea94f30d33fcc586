import { bodyOf, plain } from './boxes.ts';

/** Which part of a track is shown, in the track's ticks. */
export interface Edit {
  /** Whether the file says so, or all is shown from the track's own zero. */
  readonly stated: boolean;
  /** How long nothing is shown first. */
  readonly empty: number;
  readonly from: number;
  /** The first tick that is not shown any more. */
  readonly to: number;
}

const whole: Edit = { stated: false, empty: 0, from: 0, to: Number.POSITIVE_INFINITY };
const once = 0x10000;

/** The edit list of a `trak`: empty edits first, then one stretch of media. Throws `NotPlain` for any other. */
export function editOf(trak: Buffer, timescale: number, movieTimescale: number): Edit {
  const elst = bodyOf(trak, 'edts', 'elst');
  if (elst === undefined || elst.readUInt32BE(4) === 0) return whole;
  const wide = elst.readUInt8(0) === 1;
  const bytes = wide ? 20 : 12;
  const last = elst.readUInt32BE(4) - 1;
  const toTicks = (movieTicks: number): number => Math.round((movieTicks * timescale) / movieTimescale);
  let empty = 0;
  for (let entry = 0, at = 8; entry <= last; entry++, at += bytes) {
    const duration = wide ? Number(elst.readBigUInt64BE(at)) : elst.readUInt32BE(at);
    const from = wide ? Number(elst.readBigInt64BE(at + 8)) : elst.readInt32BE(at + 4);
    plain(elst.readInt32BE(at + bytes - 4) === once, 'an edit has another speed');
    plain(from >= 0 === (entry === last) && duration > 0, 'there is more than one edit');
    if (entry === last) return { stated: true, empty, from, to: from + toTicks(duration) };
    empty += toTicks(duration);
  }
  return whole;
}
