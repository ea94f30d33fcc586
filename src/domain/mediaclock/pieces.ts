import type { ArchiveSegment } from '../records.gen.ts';
import { holesOf, readDateTimes } from './datetimes.ts';
import type { ArchiveView } from './view.ts';

/** A stretch over which event time and archive time run alike. Times in milliseconds. */
export interface Piece {
  readonly archiveFrom: number;
  readonly archiveTo: number;
  readonly eventFrom: number;
  /** Not after the next piece's `eventFrom`: where recordings overlap, the earlier one's tail has no time of its own. */
  readonly eventTo: number;
  /** False for segments that the playlist declares as missing. */
  readonly playable: boolean;
}

/**
 * What the map stands on. `assumed`: date-times were asked for, but they are absent or contradict the durations; then
 * the first one, or the chat's zero, is the only anchor.
 */
export type ClockBasis = 'offset' | 'programDateTime' | 'assumed';

export interface PieceMap {
  readonly basis: ClockBasis;
  /** Ascending in both times. */
  readonly pieces: readonly Piece[];
  /** As far as the playlist's durations and date-times tell; Infinity when nothing bounds it. */
  readonly errorMs: number;
  /** A hole in event time up to this is an inaccuracy of the date-times, not a gap. */
  readonly seamMs: number;
}

const seamMs = 250;

export function pieceMap(view: ArchiveView): PieceMap {
  const { opened, segments } = view;
  const zero = { eventMs: opened.zeroAtMs, archiveMs: opened.offsetMs };
  if (opened.type === 'file') return { ...fileMap(opened.durationMs ?? 0, zero), basis: basisOfFile(opened.clock) };
  const dateTimes = readDateTimes(segments);
  const seam = Math.max(seamMs, dateTimes.resolutionMs);
  if (opened.clock === 'offset') {
    const holes = holesOf(dateTimes, segments);
    const shiftAtZero = shiftAt(holes, segments, zero.archiveMs);
    const anchor = { ...zero, eventMs: zero.eventMs - shiftAtZero };
    return { basis: 'offset', ...ascending(build(segments, anchor, holes)), seamMs: seam };
  }
  if (dateTimes.trusted && dateTimes.anchor !== undefined) {
    const fitted = ascending(build(segments, dateTimes.anchor, dateTimes.steps));
    const errorMs = fitted.errorMs + dateTimes.resolutionMs + widestSeam(fitted.pieces, seam);
    return { basis: 'programDateTime', pieces: fitted.pieces, errorMs, seamMs: seam };
  }
  const { pieces } = ascending(build(segments, dateTimes.anchor ?? zero, new Map()));
  return { basis: 'assumed', pieces, errorMs: Number.POSITIVE_INFINITY, seamMs: seam };
}

interface Anchor {
  readonly eventMs: number;
  readonly archiveMs: number;
}

function basisOfFile(clock: string): ClockBasis {
  return clock === 'offset' ? 'offset' : 'assumed';
}

function fileMap(durationMs: number, zero: Anchor): Omit<PieceMap, 'basis'> {
  const eventFrom = zero.eventMs - zero.archiveMs;
  const whole = { archiveFrom: 0, archiveTo: durationMs, eventFrom, eventTo: eventFrom + durationMs, playable: true };
  return { pieces: durationMs > 0 ? [whole] : [], errorMs: 0, seamMs };
}

/** Sum of the holes up to an archive position. */
function shiftAt(holes: ReadonlyMap<number, number>, segments: readonly ArchiveSegment[], archiveMs: number): number {
  let shift = 0;
  for (const [index, hole] of holes) {
    if ((segments[index]?.startMs ?? Number.POSITIVE_INFINITY) <= archiveMs) shift += hole;
  }
  return shift;
}

function build(segments: readonly ArchiveSegment[], anchor: Anchor, steps: ReadonlyMap<number, number>): Piece[] {
  const pieces: Piece[] = [];
  let shift = 0;
  segments.forEach((segment, index) => {
    const step = steps.get(index) ?? 0;
    shift += step;
    const archiveTo = segment.startMs + segment.durationMs;
    const eventFrom = anchor.eventMs + (segment.startMs - anchor.archiveMs) + shift;
    const last = pieces.at(-1);
    const runsOn = last !== undefined && step === 0 && Math.abs(last.archiveTo - segment.startMs) < 0.5;
    if (runsOn && last.playable === !segment.gap) {
      pieces[pieces.length - 1] = { ...last, archiveTo, eventTo: eventFrom + segment.durationMs };
    } else {
      const eventTo = eventFrom + segment.durationMs;
      pieces.push({ archiveFrom: segment.startMs, archiveTo, eventFrom, eventTo, playable: !segment.gap });
    }
  });
  return pieces;
}

/** Makes event time ascend; what overlaps is cut from the earlier piece, and the widest cut is the error. */
function ascending(built: readonly Piece[]): { readonly pieces: Piece[]; readonly errorMs: number } {
  const pieces: Piece[] = [];
  let errorMs = 0;
  let cutMs = 0;
  for (const piece of built) {
    const last = pieces.at(-1);
    const eventFrom = Math.max(piece.eventFrom, last?.eventFrom ?? piece.eventFrom);
    if (last !== undefined && last.eventTo > eventFrom) {
      cutMs = last.eventTo - eventFrom + (eventFrom > last.eventFrom ? 0 : cutMs);
      errorMs = Math.max(errorMs, cutMs);
      pieces[pieces.length - 1] = { ...last, eventTo: eventFrom };
    }
    pieces.push({ ...piece, eventFrom, eventTo: eventFrom + (piece.archiveTo - piece.archiveFrom) });
  }
  return { pieces, errorMs };
}

function widestSeam(pieces: readonly Piece[], seam: number): number {
  let widest = 0;
  for (let k = 1; k < pieces.length; k += 1) {
    const hole = (pieces[k]?.eventFrom ?? 0) - (pieces[k - 1]?.eventTo ?? 0);
    if (hole <= seam) widest = Math.max(widest, hole);
  }
  return widest;
}
