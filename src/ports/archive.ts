import type { ArchiveView } from './mediacache.ts';

/** What the topic `archive.events` says of a broadcast's archive, up to its end at the time of the call. */
export interface ArchiveLookup {
  /** Undefined while no archive is known for the stream. */
  view(streamId: string, channelId: string): Promise<ArchiveView | undefined>;
}

/** The same topic, asked for all broadcasts of a partition. */
export interface RecentArchives {
  /** Those of which something was said since then, in milliseconds since 1970-01-01 UTC. */
  recent(partition: number, sinceMs: number): Promise<readonly ArchiveView[]>;
}
