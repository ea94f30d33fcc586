import type { Clock } from '../../ports/clock.ts';
import type { Partition } from './partition.ts';

/** Wakes polls that wait for records of some partitions. */
export class Wakeups {
  readonly #clock: Clock;
  readonly #waiting = new Map<Partition, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(partition: Partition): void {
    for (const wake of this.#waiting.get(partition) ?? []) wake();
  }

  /**
   * Resolves with true when one of the partitions was appended to or the signal aborts, with false after `ms`
   * milliseconds.
   */
  async wait(partitions: readonly Partition[], ms: number, signal: AbortSignal): Promise<boolean> {
    const awake = new AbortController();
    const wake = (): void => awake.abort();
    signal.addEventListener('abort', wake);
    for (const partition of partitions) this.#waiters(partition).add(wake);
    try {
      await this.#clock.sleep(ms, awake.signal);
      return false;
    } catch (error) {
      if (!awake.signal.aborted) throw error;
      return true;
    } finally {
      for (const partition of partitions) this.#waiters(partition).delete(wake);
      signal.removeEventListener('abort', wake);
    }
  }

  #waiters(partition: Partition): Set<() => void> {
    const known = this.#waiting.get(partition);
    if (known !== undefined) return known;
    const made = new Set<() => void>();
    this.#waiting.set(partition, made);
    return made;
  }
}
