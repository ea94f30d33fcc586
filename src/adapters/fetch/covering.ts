import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveView } from '../../domain/mediaclock/view.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import { placeOf } from './http/version.ts';

/** Rounding of archive times, in milliseconds. */
const slackMs = 1;

/**
 * The segments that a span of archive time needs, in order. Rejects with `media-gone` when part of it is not archived
 * or is a declared gap.
 */
export function coveringSegments(view: ArchiveView, fromMs: number, toMs: number): ArchiveSegment[] {
  const segments = segmentsWithin(view, fromMs, toMs);
  let coveredMs = fromMs;
  for (const segment of segments) {
    if (segment.gap) throw gone(view, `${seconds(segment.startMs)} is a gap`);
    if (segment.startMs > coveredMs + slackMs) break;
    coveredMs = segment.startMs + segment.durationMs;
  }
  if (segments.length === 0 || coveredMs < toMs - slackMs) {
    throw gone(view, `nothing is archived from ${seconds(coveredMs)} on`);
  }
  return segments;
}

/** The segments that have part in a span of archive time, in order, gaps included. */
export function segmentsWithin(view: ArchiveView, fromMs: number, toMs: number): ArchiveSegment[] {
  const segments: ArchiveSegment[] = [];
  for (let at = firstAfter(view.segments, fromMs); at < view.segments.length; at++) {
    const segment = view.segments[at];
    if (segment === undefined || segment.startMs >= toMs) break;
    segments.push(segment);
  }
  return segments;
}

/** Index of the first segment that ends after this time, by bisection: segments follow each other. */
function firstAfter(segments: readonly ArchiveSegment[], ms: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const segment = segments[middle];
    if (segment !== undefined && segment.startMs + segment.durationMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function gone(view: ArchiveView, reason: string): CliptideError {
  return new CliptideError('media-gone', `The archive does not hold this span: ${reason}`, {
    where: placeOf(view.opened.uri),
  });
}

function seconds(ms: number): string {
  return `second ${(ms / 1000).toFixed(1)}`;
}
