import type { ArchiveView } from './mediacache.ts';

/** What this node knows of the archives now. */
export interface ArchiveLookup {
  /** The broadcast's archive, or undefined where none was announced. */
  view(streamId: string): ArchiveView | undefined;
}
