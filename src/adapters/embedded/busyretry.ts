import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { isBusy } from './sqlite.ts';

/** How long other processes may keep a file before it counts as away, in milliseconds. */
const patienceMs = 10_000;
const longestWaitMs = 50;

/**
 * Repeats short work on a file that other processes write too. It waits between tries, without SQLite's own busy
 * timeout: that would stand still with the whole process. Rejects with `unavailable` when its patience is over.
 */
export async function retryWhileBusy<T>(clock: Clock, path: string, work: () => T): Promise<T> {
  const deadline = clock.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) && !(error instanceof CliptideError && isBusy(error.cause))) throw error;
      if (clock.now() >= deadline) {
        throw new CliptideError('unavailable', 'another process keeps the file locked', { where: path, cause: error });
      }
      // At random, so that those who wait do not meet again.
      await clock.sleep(Math.random() * Math.min(2 ** attempt, longestWaitMs));
    }
  }
}
