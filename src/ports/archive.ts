import type { ArchiveView } from './mediacache.ts';

/** What the topic `archive.events` says of a broadcast's archive, up to its end at the time of the call. */
export interface ArchiveLookup {
  /** Undefined while no archive is known for the stream. */
  view(streamId: string, channelId: string): Promise<ArchiveView | undefined>;
}
