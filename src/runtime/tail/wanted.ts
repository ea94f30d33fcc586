import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { ArchiveView } from '../../ports/mediacache.ts';

/** How much of each live channel is kept where its playlist keeps less. */
export interface TailSettings {
  /** The longest time from a segment's appearance until a clip needs it: lag, lateness and the clip's own length. */
  readonly seconds: number;
  /** Most bytes for one channel. */
  readonly capBytes: number;
}

/**
 * The segments of the last `seconds` of an archive, oldest first; none where its playlist itself lists as much, so that
 * whoever needs a segment later can still fetch it.
 */
export function tailOf({ segments }: ArchiveView, seconds: number): ArchiveSegment[] {
  const last = segments.at(-1);
  if (last === undefined || last.windowMs === null || last.windowMs >= seconds * 1_000) return [];
  const fromMs = last.startMs + last.durationMs - seconds * 1_000;
  const tail: ArchiveSegment[] = [];
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment === undefined || segment.startMs + segment.durationMs <= fromMs) break;
    if (!segment.gap && segment.durationMs > 0) tail.unshift(segment);
  }
  return tail;
}
