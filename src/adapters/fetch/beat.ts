import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Recovery } from './recover.ts';
import { type StockOptions, takeStock } from './stock.ts';

/** A third of the shortest lease of an owner, in milliseconds. */
const everyMs = 10_000;
/** Beats between two looks at the whole folder: ten minutes. */
const stockEvery = 60;

export interface BeatOptions extends StockOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Until it is stopped: renews this process's lease in the catalog, does what could not be done before, ends what dead
 * processes left, and takes stock every so often.
 */
export async function beat(options: BeatOptions, recovery: Recovery, stopped: AbortSignal): Promise<void> {
  const { catalog, clock, logger } = options;
  for (let beats = 1; !stopped.aborted; beats++) {
    try {
      await clock.sleep(everyMs, stopped);
      await catalog.renew();
      await recovery.again();
      await recovery.reap();
      if (beats % stockEvery === 0) await takeStock(options);
    } catch (error) {
      if (!stopped.aborted) logger.warn('the media cache was not looked after', { error: String(error) });
    }
  }
}
