import type { ArchiveView } from '../domain/mediaclock/view.ts';
import type { EndedHold, Hold } from './cachecatalog.ts';

export type { ArchiveView } from '../domain/mediaclock/view.ts';
export type { EndedHold } from './cachecatalog.ts';

export interface LeaseRequest {
  readonly archive: ArchiveView;
  /** Span of archive time, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly purpose: 'refine' | 'render' | 'tail';
  readonly signal?: AbortSignal;
}

/** Segments of an archive that are to stay although nobody leases them. */
export interface HoldRequest extends Omit<Hold, 'keys'> {
  readonly archive: ArchiveView;
  /** Span of archive time, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
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

/** Pins local media until it is released. Releasing twice is harmless. */
export interface Lease {
  readonly parts: readonly LeasedPart[];
  /**
   * Bytes that the origin sent for its segments and their initialisation sections, failed tries included, that no other
   * lease has counted; 0 where all was cached or is local.
   */
  readonly bytesFetched: number;
  /** Segment bytes that the span covers. */
  readonly bytesNeeded: number;
  release(): Promise<void>;
}

/**
 * One cache a node: each segment is fetched once, whoever asks. Local files are leased in place.
 * `lease` rejects with `media-gone` (not archived, a gap, or 404), `media` (not what it should be), `budget`,
 * `space`, `unavailable` or `timeout` (the origin), `aborted`.
 */
export interface MediaCache {
  lease(request: LeaseRequest): Promise<Lease>;
  /**
   * Keeps those segments of a span that are in the cache from eviction until its time is over or `letGo`, over leases and
   * restarts; nothing is fetched for it. A holder has one hold: the last. Together holds take 60 % of the cache at most:
   * resolves with those of least value that ended for that.
   */
  hold(request: HoldRequest): Promise<readonly EndedHold[]>;
  letGo(holder: string): Promise<void>;
  close(): Promise<void>;
}
