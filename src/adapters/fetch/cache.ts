import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';
import type { CacheCatalog, CachedObject } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchBudget } from '../../ports/fetchbudget.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ArchiveView, Lease, LeaseRequest, MediaCache } from '../../ports/mediacache.ts';
import { beat } from './beat.ts';
import { coveringSegments } from './covering.ts';
import { type CountedPart, fileInPlace, isInPlace, partOf, segmentInPlace } from './inplace.ts';
import { initKey, segmentKey } from './objectname.ts';
import { openCacheFolder } from './opening.ts';
import { ObjectStore } from './store.ts';

export interface MediaCacheOptions {
  /** Made if it is not there; shared with the other processes that have the catalog open, and with nobody else. */
  readonly folder: string;
  readonly catalog: CacheCatalog;
  readonly ledger: QuotaLedger;
  /** The ledger's scope for the cache's bytes; its cap is set by the caller. */
  readonly scope: string;
  readonly fetcher: Fetcher;
  /** Asked where a segment is whose address is refused; without it what is refused stays so. */
  readonly addresses?: ArchiveAddresses;
  /** What may be fetched for a channel; everything unless given. */
  readonly fetchBudget?: FetchBudget;
  /** Bytes of the file system that stay free whatever the cap says. */
  readonly floorBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Opens the cache: catalog and ledger are made to say what the disk holds, and what dead processes left half-written is
 * removed. The catalog is the caller's to close, after the cache.
 */
export async function createMediaCache(options: MediaCacheOptions): Promise<MediaCache> {
  const { room, recovery } = await openCacheFolder(options);
  const { cap, used } = await options.ledger.usage(options.scope);
  if (used > cap) await room.evict(used - cap);
  return new SegmentCache(options, new ObjectStore(options, room, recovery));
}

class SegmentCache implements MediaCache {
  readonly #catalog: CacheCatalog;
  readonly #store: ObjectStore;
  readonly #closing = new AbortController();

  constructor({ catalog, clock, logger }: MediaCacheOptions, store: ObjectStore) {
    this.#catalog = catalog;
    this.#store = store;
    void beat(catalog, clock, logger, this.#closing.signal);
  }

  async lease({ archive, fromMs, toMs, signal }: LeaseRequest): Promise<Lease> {
    if (!(toMs > fromMs)) throw new CliptideError('internal', `No span to lease: ${fromMs} to ${toMs} ms`);
    if (archive.opened.type === 'file') {
      return leaseOf([await fileInPlace(archive, fromMs, toMs)], 0, async () => undefined);
    }
    const segments = coveringSegments(archive, fromMs, toMs);
    const keys = segments.filter((segment) => !isInPlace(segment)).map((one) => segmentKey(archive.streamId, one));
    const failed = new AbortController();
    const any = AbortSignal.any([failed.signal, this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const present = await this.#store.pin(keys, any);
    const unpin = () => this.#catalog.unpin(keys);
    try {
      const parts = await allOrFirstError(segments, failed, (segment) => this.#part(archive, segment, present, any));
      return leaseOf(parts, this.#credited(archive, segments, keys), unpin);
    } catch (error) {
      await unpin();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#store.idle();
  }

  async #part(
    archive: ArchiveView,
    segment: ArchiveSegment,
    present: ReadonlyMap<string, CachedObject>,
    signal: AbortSignal,
  ): Promise<CountedPart> {
    if (isInPlace(segment)) return segmentInPlace(segment);
    const { streamId, channelId } = archive;
    const key = segmentKey(streamId, segment);
    const needed = { key, channelId, streamId, range: segment.media, init: segment.init, of: { archive, segment } };
    const object = await this.#store.obtain(needed, present.get(key), signal);
    const path = this.#store.pathOf(object);
    return { part: partOf(segment, path), neededBytes: object.bytes - object.initBytes, fetchedBytes: 0 };
  }

  /** What was fetched for these segments; only a lease that succeeds may take it. */
  #credited({ streamId }: ArchiveView, segments: readonly ArchiveSegment[], keys: readonly string[]): number {
    const inits = segments.flatMap(({ init }) => (init === null ? [] : [initKey(streamId, init)]));
    return [...keys, ...inits].reduce((sum, key) => sum + this.#store.credits.take(key), 0);
  }
}

/** All results, or the first error, once the rest has been called off. */
async function allOrFirstError<T, R>(
  items: readonly T[],
  failed: AbortController,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  let reason: unknown;
  const settled = await Promise.allSettled(
    items.map(async (item) => {
      try {
        return await work(item);
      } catch (error) {
        reason ??= error;
        failed.abort();
        throw error;
      }
    }),
  );
  if (reason !== undefined) throw reason;
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

function leaseOf(counted: readonly CountedPart[], bytesFetched: number, unpin: () => Promise<void>): Lease {
  let isHeld = true;
  return {
    parts: counted.map(({ part }) => part),
    bytesFetched,
    bytesNeeded: counted.reduce((sum, { neededBytes }) => sum + neededBytes, 0),
    release: async () => {
      if (!isHeld) return;
      isHeld = false;
      await unpin();
    },
  };
}
