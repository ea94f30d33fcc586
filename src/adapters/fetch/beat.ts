import type { CacheCatalog } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';

/** A third of the shortest lease of an owner, in milliseconds. */
const everyMs = 10_000;

/** Renews this process's lease in the catalog until it is stopped. */
export async function beat(catalog: CacheCatalog, clock: Clock, logger: Logger, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      await clock.sleep(everyMs, stopped);
      await catalog.renew();
    } catch (error) {
      if (!stopped.aborted) logger.warn('the lease of the media cache was not renewed', { error: String(error) });
    }
  }
}
