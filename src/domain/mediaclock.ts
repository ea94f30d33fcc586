import { type ClockBasis, type Piece, type PieceMap, pieceMap } from './mediaclock/pieces.ts';
import { type SpanAnswer, spanOf, type TimeSpan } from './mediaclock/span.ts';
import type { ArchiveView } from './mediaclock/view.ts';

export type { ClockBasis } from './mediaclock/pieces.ts';
export { type SoundSpan, shifted, soundOfSpan } from './mediaclock/sound.ts';
export type { MissingSpan, MissReason, SpanAnswer, TimeSpan } from './mediaclock/span.ts';
export type { ArchiveView } from './mediaclock/view.ts';

/** Where an event time lies in the archive; `nearest` is the nearest playable span, in archive time. */
export type ArchiveAnswer =
  | { readonly kind: 'at'; readonly archiveMs: number; readonly errorMs: number }
  | { readonly kind: 'before-start' | 'in-gap'; readonly nearest: TimeSpan | undefined }
  | {
      readonly kind: 'after-end';
      readonly nearest: TimeSpan | undefined;
      /** The archive has ended: waiting does not help. */
      readonly final: boolean;
    };

/**
 * Maps event time (milliseconds since 1970-01-01 UTC) to archive time (milliseconds of media from the archive's first
 * segment) and back. Both directions never run backward.
 */
export interface MediaClock {
  readonly basis: ClockBasis;
  toArchiveMs(eventMs: number): ArchiveAnswer;
  /** Undefined outside the archive. */
  toEventMs(archiveMs: number): number | undefined;
  /** Event time of the archive's first instant; undefined while nothing is archived. */
  oldestEventMs(): number | undefined;
  /** Event time up to which the broadcast is archived; undefined while nothing is. */
  newestEventMs(): number | undefined;
  /**
   * The media of an event span, clipped to one run: the one that holds `aroundEventMs`, else the longest. Wall-clock
   * time that passed without media (a reconnect) does not end a run, since the media goes on without it; a gap in the
   * media does.
   */
  spanOf(fromEventMs: number, toEventMs: number, aroundEventMs?: number): SpanAnswer;
}

/**
 * The media clock of an archive as it is known now. With clock `offset` the chat's zero lies at `offsetMs` of the
 * archive and time runs alike from there; program date-times then only tell how much wall-clock time passed without
 * media. With `programDateTime` they are the map. Building it takes time in proportion to the segments: keep it while
 * the view stays the same.
 */
export function mediaClock(view: ArchiveView): MediaClock {
  const map = pieceMap(view);
  return {
    basis: map.basis,
    toArchiveMs: (eventMs) => toArchive(map, view.ended, eventMs),
    toEventMs: (archiveMs) => toEvent(map, archiveMs),
    oldestEventMs: () => map.pieces[0]?.eventFrom,
    newestEventMs: () => map.pieces.at(-1)?.eventTo,
    spanOf: (fromMs, toMs, aroundMs) => spanOf(map, view.ended, fromMs, toMs, aroundMs),
  };
}

function toArchive(map: PieceMap, ended: boolean, eventMs: number): ArchiveAnswer {
  const { pieces, errorMs } = map;
  const index = lastBefore(pieces, (piece) => piece.eventFrom <= eventMs);
  const piece = pieces[index];
  const next = pieces[index + 1];
  if (piece === undefined && next !== undefined) return { kind: 'before-start', nearest: nearest(pieces, index + 1) };
  if (piece === undefined || (next === undefined && eventMs > piece.eventTo)) {
    return { kind: 'after-end', nearest: nearest(pieces, index), final: ended };
  }
  const inHole = eventMs > piece.eventTo;
  const isSeam = next !== undefined && next.eventFrom - piece.eventTo <= map.seamMs;
  if (!piece.playable || (inHole && !isSeam)) return { kind: 'in-gap', nearest: nearest(pieces, index, eventMs) };
  const archiveMs = Math.min(piece.archiveFrom + (eventMs - piece.eventFrom), piece.archiveTo);
  return { kind: 'at', archiveMs, errorMs };
}

function toEvent({ pieces }: PieceMap, archiveMs: number): number | undefined {
  const piece = pieces[lastBefore(pieces, (candidate) => candidate.archiveFrom <= archiveMs)];
  if (piece === undefined || archiveMs > piece.archiveTo + 0.5) return undefined;
  return Math.min(piece.eventFrom + (archiveMs - piece.archiveFrom), piece.eventTo);
}

/** Index of the last piece that fulfils an ascending condition, or -1. */
function lastBefore(pieces: readonly Piece[], fulfils: (piece: Piece) => boolean): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && fulfils(piece)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The playable piece nearest to a place between the pieces, by event time where one is given. */
function nearest(pieces: readonly Piece[], index: number, eventMs?: number): TimeSpan | undefined {
  const before = pieces.slice(0, index + 1).findLast((piece) => piece.playable);
  const after = pieces.slice(index + 1).find((piece) => piece.playable);
  const isAfterNearer =
    before === undefined ||
    (after !== undefined && eventMs !== undefined && after.eventFrom - eventMs < eventMs - before.eventTo);
  const chosen = isAfterNearer ? after : before;
  return chosen === undefined ? undefined : { fromMs: chosen.archiveFrom, toMs: chosen.archiveTo };
}
