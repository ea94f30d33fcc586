import type { ArchiveView } from '../domain/mediaclock/view.ts';
import type { EndedHold, Hold } from './cachecatalog.ts';

export type { ArchiveView } from '../domain/mediaclock/view.ts';
export type { EndedHold } from './cachecatalog.ts';

export interface ArchiveSpan {
  readonly archive: ArchiveView;
  /** Span of archive time, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LeaseRequest extends ArchiveSpan {
  readonly purpose: 'refine' | 'render' | 'tail';
  readonly signal?: AbortSignal;
}

/** Media that is to stay although nobody leases it. */
export interface HoldRequest extends Omit<Hold, 'keys'> {
  /** Spans of archive time: of the picture, and of the sound where that is apart. */
  readonly spans: readonly ArchiveSpan[];
}

/** A local file that holds part of the archive. */
export interface LeasedPart {
  /** Absolute path; for fMP4 the initialisation section is already in front. */
  readonly path: string;
  /** Archive time of its start and its duration, in milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Whether the media's timeline breaks before it. */
  readonly discontinuity: boolean;
}

/**
 * Media that is kept from eviction after its lease, until its time is over or `letGo`: where no more than 80 % of the cache
 * are kept and held with it.
 */
export interface HandOver {
  readonly holder: string;
  readonly forMs: number;
}

/** Pins local media until it is released. */
export interface Lease {
  readonly parts: readonly LeasedPart[];
  /**
   * Bytes that the origin sent for its segments and their initialisation sections, failed tries included, that no other
   * lease has counted; 0 where all was cached or is local.
   */
  readonly bytesFetched: number;
  /** Segment bytes that the span covers. */
  readonly bytesNeeded: number;
  /** Releasing twice is harmless. What was leased can be kept for whoever takes it over. */
  release(handOver?: HandOver): Promise<void>;
}

/** What a progressive file holds. */
export interface FileInfo {
  readonly durationMs: number;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
}

/**
 * One cache a node: each segment is fetched once, whoever asks. Local files are leased in place; of an MP4 over http the
 * GOPs that cover the span are fetched, and leased as a file of their own.
 * Where all is in use `lease` waits for a time, but for a tail; then it rejects with `budget`.
 * `lease` rejects with `media-gone` (not archived, a gap, or 404), `media` (not what it should be), `budget`,
 * `space`, `unavailable` or `timeout` (the origin), `aborted`.
 */
export interface MediaCache {
  lease(request: LeaseRequest): Promise<Lease>;
  /**
   * Keeps what is in the cache of these spans from eviction until their time is over or `letGo`, over leases and
   * restarts; nothing is fetched for it. A holder has one hold: the last. Together holds take 60 % of the cache at most:
   * resolves with those of least value that ended for that.
   */
  hold(request: HoldRequest): Promise<readonly EndedHold[]>;
  letGo(holder: string): Promise<void>;
  /** Evicts so many bytes or more of what is not in use, for what is worth more on the same disk; resolves with what became free. */
  evict(bytes: number): Promise<number>;
  /**
   * Looks at a file over http whose media is leased later on, by its content: undefined where it is no MP4. Rejects as
   * `lease` does; with `media` too where the file cannot be read in parts, or the server does not send any.
   */
  inspect(file: {
    readonly streamId: string;
    readonly channelId: string;
    readonly url: string;
    readonly signal?: AbortSignal;
  }): Promise<FileInfo | undefined>;
  close(): Promise<void>;
}
