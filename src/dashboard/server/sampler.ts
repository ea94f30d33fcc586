import type { LabelsOf } from '../../domain/metrics.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';

/** Figures that have to be asked for, of a store or of the disk. */
export interface Probe {
  readonly figures: LabelsOf<'cliptide_measured_timestamp_seconds'>['figures'];
  /** They may be so old, in milliseconds, before they are asked for again. */
  readonly maxAgeMs: number;
  measure(): Promise<void>;
}

export interface SamplerParts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * Brings figures up to date when somebody looks, and not while nobody does. A probe whose store does not answer is asked
 * once, and waited for no longer than the caller likes: its figures stay what they were, and so does the time of them.
 */
export class Sampler {
  readonly #parts: SamplerParts;
  readonly #probes: Probe[] = [];
  readonly #asking = new Map<Probe, Promise<void>>();
  readonly #measuredAtMs = new Map<Probe, number>();

  constructor(parts: SamplerParts) {
    this.#parts = parts;
  }

  /** From now on this is asked for, too. */
  add(probe: Probe): void {
    this.#probes.push(probe);
  }

  /** Resolves when all figures are new enough, or after so many milliseconds. */
  async refresh(waitMs: number): Promise<void> {
    const { clock } = this.#parts;
    const asked = Promise.all(this.#probes.map((probe) => this.#ask(probe)));
    const enough = new AbortController();
    const tooLong = clock.sleep(waitMs, enough.signal).catch(() => undefined);
    await Promise.race([asked, tooLong]);
    enough.abort();
  }

  #ask(probe: Probe): Promise<void> {
    const { clock, logger, metrics } = this.#parts;
    const { figures, maxAgeMs } = probe;
    const asking = this.#asking.get(probe);
    if (asking !== undefined) return asking;
    const measuredAtMs = this.#measuredAtMs.get(probe);
    if (measuredAtMs !== undefined && clock.now() - measuredAtMs < maxAgeMs) return Promise.resolve();
    const measuring = (async () => {
      try {
        await probe.measure();
        this.#measuredAtMs.set(probe, clock.now());
        metrics.set('cliptide_measured_timestamp_seconds', clock.now() / 1_000, { figures });
      } catch (error) {
        logger.warn('figures could not be had', { figures, error: String(error) });
      } finally {
        this.#asking.delete(probe);
      }
    })();
    this.#asking.set(probe, measuring);
    return measuring;
  }
}
