import { isTransient } from '../../domain/errors.ts';
import type { WatchOptions } from './options.ts';
import { patienceMs } from './poll.ts';
import { openPlaylist, type PlaylistSource } from './source.ts';

const pauseMs = 5_000;

/**
 * Opens the playlist to be followed. One that was followed before a restart is waited for while its origin is away,
 * as it would have been without the restart; a new one is tried as often as the fetcher tries.
 */
export async function openFollowed(options: WatchOptions): Promise<PlaylistSource> {
  const { uri, fetcher, time, logger, signal, live, after, mostBitsPerSecond } = options;
  const wish = mostBitsPerSecond === undefined ? {} : { mostBitsPerSecond };
  const untilMs = time.now() + (live && after !== undefined ? patienceMs : 0);
  while (true) {
    try {
      return await openPlaylist(uri, fetcher, signal, wish);
    } catch (error) {
      if (!isTransient(error) || time.now() >= untilMs) throw error;
      logger.warn('The playlist could not be opened; trying again', { reason: (error as Error).message });
    }
    await time.sleep(pauseMs, signal);
  }
}
