import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { PlaylistSegment } from './playlist.ts';
import { resolveUri } from './resolve.ts';
import type { ReadPlaylist } from './source.ts';
import { rangeAt } from './tracker.ts';

/** Date-times of one segment may differ by rounding, in milliseconds. */
const roundingMs = 1_000;

/** A reading of a playlist in which segments that are known by other addresses are found. */
export class Listing {
  readonly #read: ReadPlaylist;
  /** By path and byte range; null where two have the same. */
  #byPath: Map<string, PlaylistSegment | null> | undefined;

  constructor(read: ReadPlaylist) {
    this.#read = read;
  }

  /**
   * The segment with the addresses that it has here: the one with its number if that has its file's name, else the only
   * one with its path. Undefined where there is none, or it is a gap now, or its date-time is another's.
   */
  find(segment: ArchiveSegment): ArchiveSegment | undefined {
    const { base, playlist } = this.#read;
    const numbered = playlist.segments[segment.sequence - playlist.mediaSequence];
    const isIt = numbered !== undefined && this.#nameOf(numbered) === nameOf(segment.media.uri, segment.media);
    const listed = isIt ? numbered : this.#paths().get(placeOf(segment.media.uri, segment.media));
    if (listed === undefined || listed === null || listed.gap || !isSameTime(listed, segment)) return undefined;
    const init = listed.init === null ? null : rangeAt(listed.init, base);
    return { ...segment, media: rangeAt(listed.media, base), init };
  }

  #nameOf({ media }: PlaylistSegment): string {
    return nameOf(resolveUri(media.uri, this.#read.base), { byteOffset: media.offset, byteLength: media.length });
  }

  #paths(): ReadonlyMap<string, PlaylistSegment | null> {
    if (this.#byPath !== undefined) return this.#byPath;
    const paths = new Map<string, PlaylistSegment | null>();
    const { base, playlist } = this.#read;
    for (const listed of playlist.segments) {
      const { uri, offset, length } = listed.media;
      const place = placeOf(resolveUri(uri, base), { byteOffset: offset, byteLength: length });
      paths.set(place, paths.has(place) ? null : listed);
    }
    this.#byPath = paths;
    return paths;
  }
}

type Bytes = Pick<ArchiveSegment['media'], 'byteOffset' | 'byteLength'>;

/** Tokens are in the query, or in the path before the file's name. */
function placeOf(uri: string, { byteOffset, byteLength }: Bytes): string {
  return `${URL.parse(uri)?.pathname ?? uri} ${byteOffset} ${byteLength}`;
}

function nameOf(uri: string, bytes: Bytes): string {
  return placeOf(uri, bytes).replace(/^.*\//s, '');
}

function isSameTime(
  { programDateTimeMs: here }: PlaylistSegment,
  { programDateTimeMs: there }: ArchiveSegment,
): boolean {
  return here === null || there === null || Math.abs(here - there) <= roundingMs;
}
