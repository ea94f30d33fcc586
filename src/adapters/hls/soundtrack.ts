import { isRefused, toCliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { WatchOptions } from './options.ts';
import { Poller } from './poll.ts';
import { shownUri } from './resolve.ts';
import { openPlaylist, type PlaylistSource, type ReadPlaylist } from './source.ts';
import { type FreshSegment, SegmentTracker } from './tracker.ts';

/** Follows the playlist that has an archive's sound alone, beside the one that has its picture. */
export class SoundTrack {
  readonly #poller: Poller;
  readonly #logger: Logger;
  readonly #tracker: SegmentTracker;
  #next: ReadPlaylist | undefined;
  #isLost = false;

  private constructor(source: PlaylistSource, { time, logger, afterSound }: WatchOptions) {
    this.#poller = new Poller(source, time, logger);
    this.#logger = logger;
    this.#tracker = new SegmentTracker(afterSound);
    this.#next = source.first;
  }

  /** Undefined, with a warning, where it cannot be opened: the picture is worth having without it. */
  static async open(uri: string, picture: string, options: WatchOptions): Promise<SoundTrack | undefined> {
    const { logger, signal } = options;
    try {
      return new SoundTrack(await openSound(uri, picture, options), options);
    } catch (error) {
      if (signal?.aborted) throw error;
      const reason = toCliptideError(error).message;
      logger.warn('The playlist of the sound cannot be opened', { uri: shownUri(uri), reason });
      return undefined;
    }
  }

  /** Its segments that are new; none any more once it has been away for too long, or is no playlist. */
  async fresh(signal: AbortSignal | undefined): Promise<readonly FreshSegment[]> {
    if (this.#isLost) return [];
    try {
      const read = this.#next ?? (await this.#poller.poll(signal));
      this.#next = undefined;
      return typeof read === 'string' ? [] : this.#tracker.take(read);
    } catch (error) {
      if (signal?.aborted) throw error;
      this.#isLost = true;
      this.#logger.warn('The sound is not followed any more', { reason: toCliptideError(error).message });
      return [];
    }
  }
}

/** The playlist of the sound; an address that is refused is asked for anew by the one that the operator gave. */
async function openSound(uri: string, picture: string, options: WatchOptions): Promise<PlaylistSource> {
  const { fetcher } = options;
  const first = await openPlaylist(uri, fetcher, options.signal);
  let current = first;
  const reload: PlaylistSource['reload'] = async (signal) => {
    try {
      return await current.reload(signal);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const { sound } = await openPlaylist(options.uri, fetcher, signal, { before: picture });
      if (sound === null) throw error;
      current = await openPlaylist(sound, fetcher, signal);
      return current.first;
    }
  };
  return { ...first, reload };
}
