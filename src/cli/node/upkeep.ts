import type { EmbeddedEventLog } from '../../adapters/embedded/eventlog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Started } from '../../runtime/lifecycle.ts';

const everyMs = 60_000;

/** Lets records that are older than their topic keeps them go, once a minute while the node runs. */
export function sweepLog(log: EmbeddedEventLog, clock: Clock, logger: Logger): Started<void> {
  const stopping = new AbortController();
  const sweeping = (async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      const { expired } = await log.sweep(clock.now());
      if (expired > 0) logger.info('records passed their retention', { expired });
    }
  })();
  sweeping.catch((error) => logger.error('the log could not be swept', { error: String(error) }));
  return {
    value: undefined,
    stop: async () => {
      stopping.abort();
      await sweeping.catch(() => undefined);
    },
  };
}
