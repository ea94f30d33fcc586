import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';
import type { AppendRecord } from '../../ports/eventlog.ts';
import type { Catalog } from './catalog.ts';
import type { Partition } from './partition.ts';
import { expire, shrink, squeeze } from './retention.ts';
import type { EmbeddedStore } from './store.ts';

/** A compacted partition is cleaned when it has taken this many records, and as many as it held after the last time. */
const dirtyRecords = 1_000;
/** How long a tombstone stays, in milliseconds, for readers that are on their way; Kafka's `delete.retention.ms`. */
const tombstoneMs = 86_400_000;
/** The size is looked at after this many appended bytes, or a 64th of the bound. */
const checkBytes = 1 << 20;

export interface UpkeepOptions {
  readonly store: EmbeddedStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly maxBytes: number;
}

/** What a sweep removed, in records, and the bytes of data that are left. */
export interface SweepReport {
  readonly expired: number;
  readonly squeezed: number;
  readonly usedBytes: number;
}

/** Keeps the log within its bounds: retention, compaction and its greatest size. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #dirty = new Set<Partition>();
  #appendedBytes = 0;
  #isTooLarge = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  appended(records: readonly AppendRecord[], partitions: Iterable<Partition>): void {
    for (const partition of partitions) {
      if (partition.dirty < Math.max(dirtyRecords, partition.kept)) continue;
      if (this.#options.catalog.topic(partition.topic).declaration.cleanup === 'compact') this.#dirty.add(partition);
    }
    const { store, maxBytes } = this.#options;
    for (const { value } of records) this.#appendedBytes += value?.length ?? 0;
    if (this.#appendedBytes < Math.min(checkBytes, maxBytes / 64)) return;
    this.#appendedBytes = 0;
    this.#isTooLarge = store.size().usedBytes > maxBytes;
  }

  get isDue(): boolean {
    return this.#isTooLarge || this.#dirty.size > 0;
  }

  async run(): Promise<void> {
    await this.#alone(async () => {
      await this.#compact(this.#options.clock.now());
      if (this.#isTooLarge) await this.#squeeze();
    });
  }

  async sweep(nowMs: number): Promise<SweepReport> {
    const { store, catalog } = this.#options;
    return this.#alone(async () => {
      for (const { declaration, partitions } of catalog.all()) {
        if (declaration.cleanup === 'compact') for (const partition of partitions) this.#dirty.add(partition);
      }
      await this.#compact(nowMs);
      const expired = await expire(catalog.all(), nowMs);
      const squeezed = await this.#squeeze();
      await shrink(store);
      return { expired, squeezed, usedBytes: store.size().usedBytes };
    });
  }

  async #compact(nowMs: number): Promise<void> {
    for (const partition of this.#dirty) {
      if (partition.dirty > 0) partition.compact(nowMs - tombstoneMs);
      this.#dirty.delete(partition);
      await nextTurn();
    }
  }

  /** To nine tenths where it is above the bound, so that it is not needed again at once. */
  async #squeeze(): Promise<number> {
    const { store, catalog, maxBytes } = this.#options;
    const isAbove = store.size().usedBytes > maxBytes;
    const squeezed = isAbove ? await squeeze(store, catalog.all(), maxBytes * 0.9) : 0;
    this.#isTooLarge = false;
    return squeezed;
  }

  /** One at a time, in the order of the calls; the failure of one is only its caller's. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#running.then(work);
    this.#running = result.catch(() => undefined);
    return result;
  }
}
