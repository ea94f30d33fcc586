import type { ArchiveOpened, ArchiveSegment } from '../records.gen.ts';

/** What is known of a broadcast's archive now. */
export interface ArchiveView {
  readonly streamId: string;
  readonly channelId: string;
  readonly opened: ArchiveOpened;
  /** In sequence order; empty for a file. */
  readonly segments: readonly ArchiveSegment[];
  readonly ended: boolean;
  /** Segments of a rendition that has the sound alone, in a time of their own; absent where there is none. */
  readonly sound?: readonly ArchiveSegment[];
}
