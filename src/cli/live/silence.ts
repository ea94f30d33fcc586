import type { Clock } from '../../ports/clock.ts';

/** Knows how long a source has said nothing, by the wall clock. */
export class Silence {
  private readonly clock: Clock;
  private sinceMs: number;

  constructor(clock: Clock) {
    this.clock = clock;
    this.sinceMs = clock.now();
  }

  /** Passes everything on and takes note of when it came. */
  async *listen<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      this.sinceMs = this.clock.now();
      yield item;
    }
  }

  /** Resolves when it has lasted this long, in milliseconds; rejects with `aborted`. */
  async lasts(ms: number, signal: AbortSignal): Promise<void> {
    for (let left = ms; left > 0; left = ms - (this.clock.now() - this.sinceMs)) await this.clock.sleep(left, signal);
  }
}
