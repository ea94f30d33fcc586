import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ArchiveView, Lease, LeaseRequest, MediaCache } from '../../ports/mediacache.ts';
import { coveringSegments } from './covering.ts';
import { type CountedPart, fileInPlace, isInPlace, partOf, segmentInPlace } from './inplace.ts';
import { segmentKey } from './objectname.ts';
import type { ObjectIndex } from './objects.ts';
import { isLocal } from './origin.ts';
import { recoverIndex } from './recover.ts';
import { Room } from './room.ts';
import { ObjectStore } from './store.ts';

export interface MediaCacheOptions {
  /** Owned by the cache and made if it is not there. */
  readonly folder: string;
  readonly ledger: QuotaLedger;
  /** The ledger's scope for the cache's bytes; its cap is set by the caller. */
  readonly scope: string;
  readonly fetcher: Fetcher;
  /** Asked where a segment is whose address is refused; without it what is refused stays so. */
  readonly addresses?: ArchiveAddresses;
  /** Bytes of the file system that stay free whatever the cap says. */
  readonly floorBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Opens the cache: its index is read from the disk, and what a dead process left half-written is removed. */
export async function createMediaCache(options: MediaCacheOptions): Promise<MediaCache> {
  const index = await recoverIndex(options.folder, options.ledger, options.scope);
  const room = new Room(options, index);
  const { cap, used } = await options.ledger.usage(options.scope);
  if (used > cap) await room.evict(used - cap);
  return new SegmentCache(index, new ObjectStore(options, index, room));
}

class SegmentCache implements MediaCache {
  readonly #index: ObjectIndex;
  readonly #store: ObjectStore;
  readonly #closing = new AbortController();

  constructor(index: ObjectIndex, store: ObjectStore) {
    this.#index = index;
    this.#store = store;
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    const { archive, fromMs, toMs } = request;
    if (!(toMs > fromMs)) throw new CliptideError('internal', `No span to lease: ${fromMs} to ${toMs} ms`);
    if (archive.opened.type === 'file') return leaseOf([await fileInPlace(archive, fromMs, toMs)], () => undefined);
    const segments = coveringSegments(archive, fromMs, toMs);
    const keys = segments.filter((segment) => !isInPlace(segment)).map((one) => segmentKey(archive.streamId, one));
    for (const key of keys) this.#index.pin(key);
    const unpin = () => {
      for (const key of keys) this.#index.unpin(key);
    };
    try {
      return leaseOf(await this.#parts(archive, segments, request.signal), unpin);
    } catch (error) {
      unpin();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#store.idle();
  }

  /** All parts, or the first error, once the rest has been called off. */
  async #parts(
    archive: ArchiveView,
    segments: readonly ArchiveSegment[],
    signal: AbortSignal | undefined,
  ): Promise<CountedPart[]> {
    const failed = new AbortController();
    const signals = [failed.signal, this.#closing.signal, ...(signal === undefined ? [] : [signal])];
    const any = AbortSignal.any(signals);
    let reason: unknown;
    const settled = await Promise.allSettled(
      segments.map(async (segment) => {
        try {
          return await this.#part(archive, segment, any);
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

  async #part(archive: ArchiveView, segment: ArchiveSegment, signal: AbortSignal): Promise<CountedPart> {
    if (isInPlace(segment)) return segmentInPlace(segment);
    const key = segmentKey(archive.streamId, segment);
    const { value, isFirst } = await this.#store.obtain(key, archive, segment, signal);
    const { object, fetchedBytes } = value;
    return {
      part: partOf(segment, object.path),
      neededBytes: object.bytes - object.initBytes,
      fetchedBytes: isFirst && !isLocal(segment.media) ? fetchedBytes : 0,
    };
  }
}

function leaseOf(counted: readonly CountedPart[], unpin: () => void): Lease {
  let isHeld = true;
  return {
    parts: counted.map(({ part }) => part),
    bytesFetched: counted.reduce((sum, { fetchedBytes }) => sum + fetchedBytes, 0),
    bytesNeeded: counted.reduce((sum, { neededBytes }) => sum + neededBytes, 0),
    release: async () => {
      if (isHeld) unpin();
      isHeld = false;
    },
  };
}
