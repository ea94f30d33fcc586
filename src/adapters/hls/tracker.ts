import type { ArchiveSegment, SegmentRange } from '../../domain/records.gen.ts';
import type { ByteRange, MediaPlaylist, PlaylistSegment } from './playlist.ts';
import { resolveUri } from './resolve.ts';
import type { ReadPlaylist } from './source.ts';

/** A segment that was not seen before, with the number of breaks before it. */
export interface FreshSegment {
  readonly segment: ArchiveSegment;
  readonly discontinuitySequence: number;
}

/** A jump in numbering beyond this is a new numbering, not a window that slid on. */
const mostMissed = 10_000;
/** How many addresses are kept to tell an old copy of the playlist from a new numbering. */
const remembered = 200;

/**
 * Follows a playlist from reading to reading and gives each segment once, numbered without holes and placed in archive
 * time. Segments that slid out of the window between two readings become declared gaps, so that the archive's time
 * stays right. A playlist that begins to count anew is joined behind a break.
 */
export class SegmentTracker {
  #last: ArchiveSegment | undefined;
  #windowMs: number | null = null;
  /** Archive sequence number less the playlist's. */
  #shift = 0;
  /** Wall-clock time of the end of the last segment, where a date-time told. */
  #wallEndMs: number | null = null;
  readonly #recent = new Map<number, string>();

  constructor(after?: ArchiveSegment) {
    if (after !== undefined) this.#remember(after);
  }

  /** Archive time up to which segments were given, in milliseconds. */
  get endMs(): number {
    return this.#last === undefined ? 0 : this.#last.startMs + this.#last.durationMs;
  }

  take({ base, playlist }: ReadPlaylist): FreshSegment[] {
    this.#windowMs = windowOf(playlist);
    const renumbered = this.#isRenumbered(playlist, base);
    if (renumbered && this.#last !== undefined) this.#shift = this.#last.sequence + 1 - playlist.mediaSequence;
    const fresh: FreshSegment[] = renumbered ? [] : this.#missed(playlist, base);
    playlist.segments.forEach((listed, index) => {
      const sequence = playlist.mediaSequence + index + this.#shift;
      if (this.#last !== undefined && sequence <= this.#last.sequence) return;
      const segment = this.#place(listed, sequence, base, listed.discontinuity || (renumbered && index === 0));
      fresh.push({ segment, discontinuitySequence: listed.discontinuitySequence });
    });
    return fresh;
  }

  #place(listed: PlaylistSegment, sequence: number, base: string, discontinuity: boolean): ArchiveSegment {
    const media = rangeAt(listed.media, base);
    const segment: ArchiveSegment = {
      sequence,
      media,
      init: listed.init === null ? null : rangeAt(listed.init, base),
      startMs: this.endMs,
      durationMs: listed.durationMs,
      programDateTimeMs: listed.programDateTimeMs,
      discontinuity,
      gap: listed.gap,
      muted: /-muted\.[a-z0-9]+$/i.test(media.uri.replace(/[?#].*$/, '')),
      windowMs: this.#windowMs,
    };
    this.#remember(segment);
    return segment;
  }

  #remember(segment: ArchiveSegment): void {
    const wallStart = segment.programDateTimeMs ?? this.#wallEndMs;
    this.#wallEndMs = wallStart === null ? null : wallStart + segment.durationMs;
    this.#last = segment;
    this.#recent.set(segment.sequence, segment.media.uri);
    this.#recent.delete(segment.sequence - remembered);
  }

  /** Its newest number lies behind (an old copy, if the address there is the known one) or absurdly far ahead. */
  #isRenumbered({ mediaSequence, segments }: MediaPlaylist, base: string): boolean {
    const newest = segments.at(-1);
    if (this.#last === undefined || newest === undefined) return false;
    const last = this.#last.sequence;
    if (mediaSequence + this.#shift > last + mostMissed) return true;
    const sequence = mediaSequence + segments.length - 1 + this.#shift;
    if (sequence >= last) return false;
    const known = this.#recent.get(sequence);
    return known === undefined ? sequence <= last - remembered : known !== resolveUri(newest.media.uri, base);
  }

  /** Gaps for what slid out unseen; as long as the date-times say, else as the target duration. */
  #missed({ mediaSequence, segments, targetDurationMs }: MediaPlaylist, base: string): FreshSegment[] {
    const first = segments[0];
    if (this.#last === undefined || first === undefined) return [];
    const from = this.#last.sequence + 1;
    const to = mediaSequence + this.#shift;
    const wallMs =
      first.programDateTimeMs === null || this.#wallEndMs === null ? null : first.programDateTimeMs - this.#wallEndMs;
    const durationMs = wallMs === null ? targetDurationMs : Math.max(0, wallMs) / (to - from);
    const gaps: FreshSegment[] = [];
    for (let sequence = from; sequence < to; sequence += 1) {
      const missing = { uri: base, offset: null, length: null, key: null };
      const listed = { ...first, media: missing, init: null, durationMs, programDateTimeMs: null, gap: true };
      gaps.push({
        segment: this.#place(listed, sequence, base, false),
        discontinuitySequence: first.discontinuitySequence,
      });
    }
    return gaps;
  }
}

function windowOf({ slides, segments }: MediaPlaylist): number | null {
  return slides ? segments.reduce((sum, { durationMs }) => sum + durationMs, 0) : null;
}

export function rangeAt({ uri, offset, length, key }: ByteRange, base: string): SegmentRange {
  return {
    uri: resolveUri(uri, base),
    byteOffset: offset,
    byteLength: length,
    key: key === null ? null : { uri: resolveUri(key.uri, base), iv: key.iv },
  };
}
