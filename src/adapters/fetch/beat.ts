import type { CacheCatalog } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Recovery } from './recover.ts';

/** A third of the shortest lease of an owner, in milliseconds. */
const everyMs = 10_000;

export interface BeatOptions {
  readonly catalog: CacheCatalog;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Renews this process's lease in the catalog, and does what could not be done before, until it is stopped. */
export async function beat(
  { catalog, clock, logger }: BeatOptions,
  recovery: Recovery,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      await clock.sleep(everyMs, stopped);
      await catalog.renew();
      await recovery.again();
    } catch (error) {
      if (!stopped.aborted) logger.warn('the lease of the media cache was not renewed', { error: String(error) });
    }
  }
}
