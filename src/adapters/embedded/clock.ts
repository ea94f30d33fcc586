import { uptime } from 'node:os';
import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer);
        reject(new CliptideError('aborted', 'stopped while waiting', { cause: signal?.reason }));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }, ms);
      if (signal?.aborted) aborted();
      else signal?.addEventListener('abort', aborted, { once: true });
    }),
};

/** Milliseconds since the machine started, which all its processes have in common; nobody sets it. */
export const machineUptime = (): number => Math.round(uptime() * 1_000);
