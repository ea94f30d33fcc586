import type { ArchiveView } from '../domain/mediaclock/view.ts';
import type { ArchiveSegment } from '../domain/records.gen.ts';

/** Knows where the segments of an archive are now: addresses with tokens in them expire. */
export interface ArchiveAddresses {
  /** The segment as it was last found, or as it is given where its archive was never asked. */
  known(archive: ArchiveView, segment: ArchiveSegment): ArchiveSegment;
  /**
   * Where a segment is whose address was refused, by its source's own word; many who ask of one archive at the same
   * time share one answer. Undefined where the source lists it no more. Rejects as a fetch does.
   */
  renewed(archive: ArchiveView, refused: ArchiveSegment, signal: AbortSignal): Promise<ArchiveSegment | undefined>;
}
