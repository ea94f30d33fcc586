import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Logger } from '../../ports/logger.ts';

/** What is followed, and how. */
export interface WatchOptions {
  /** http(s) address or file path of a media or master playlist. */
  readonly uri: string;
  readonly streamId: string;
  readonly channelId: string;
  readonly clock: 'offset' | 'programDateTime';
  /** Event time of the chat's zero, milliseconds since 1970-01-01 UTC. */
  readonly zeroAtMs: number;
  /** Archive time of the chat's zero, in milliseconds. */
  readonly offsetMs: number;
  /** Of a master playlist the best variant with no more is followed; the best of all unless given. */
  readonly mostBitsPerSecond?: number;
  /** False: the recording is complete; it is read once and ends, whether or not it says so. */
  readonly live: boolean;
  readonly fetcher: Fetcher;
  readonly time: Clock;
  readonly logger: Logger;
  /** The last segment that is already in the log: neither it, nor what was before it, is given again. */
  readonly after?: ArchiveSegment;
  /** Likewise of the sound that lies in a playlist of its own. */
  readonly afterSound?: ArchiveSegment;
  /** Shutdown: the iteration ends and can be taken up later. */
  readonly signal?: AbortSignal;
  /** The broadcast is over by an operator's word: one last reading, then `ended`. */
  readonly stop?: AbortSignal;
}
