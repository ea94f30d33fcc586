import type { ArchiveView } from '../domain/mediaclock/view.ts';

export type { ArchiveView } from '../domain/mediaclock/view.ts';

export interface LeaseRequest {
  readonly archive: ArchiveView;
  /** Span of archive time, in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly purpose: 'refine' | 'render' | 'tail';
  readonly signal?: AbortSignal;
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
  close(): Promise<void>;
}
