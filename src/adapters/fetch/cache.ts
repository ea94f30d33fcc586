import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ArchiveView, FileInfo, Lease, LeaseRequest, MediaCache } from '../../ports/mediacache.ts';
import { coveringSegments } from './covering.ts';
import { type CountedPart, fileInPlace, isInPlace, partOf, segmentInPlace } from './inplace.ts';
import { segmentKey } from './objectname.ts';
import type { ObjectIndex } from './objects.ts';
import { isLocal } from './origin.ts';
import { ProgressiveFiles } from './progressive.ts';
import { recoverIndex } from './recover.ts';
import { Room } from './room.ts';
import { ObjectStore } from './store.ts';
import { together } from './together.ts';

export interface MediaCacheOptions {
  /** Owned by the cache and made if it is not there. */
  readonly folder: string;
  readonly ledger: QuotaLedger;
  /** The ledger's scope for the cache's bytes; its cap is set by the caller. */
  readonly scope: string;
  readonly fetcher: Fetcher;
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
  const store = new ObjectStore(options, index, room);
  return new SegmentCache(index, store, new ProgressiveFiles(index, store, options.fetcher));
}

class SegmentCache implements MediaCache {
  readonly #index: ObjectIndex;
  readonly #store: ObjectStore;
  readonly #files: ProgressiveFiles;
  readonly #closing = new AbortController();

  constructor(index: ObjectIndex, store: ObjectStore, files: ProgressiveFiles) {
    this.#index = index;
    this.#store = store;
    this.#files = files;
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    const { archive, fromMs, toMs } = request;
    if (!(toMs > fromMs)) throw new CliptideError('internal', `No span to lease: ${fromMs} to ${toMs} ms`);
    const signal = this.#signal(request.signal);
    if (archive.opened.type === 'file') return this.#file(archive, { fromMs, toMs }, signal);
    const segments = coveringSegments(archive, fromMs, toMs);
    const keys = segments.filter((segment) => !isInPlace(segment)).map((one) => segmentKey(archive.streamId, one));
    for (const key of keys) this.#index.pin(key);
    const unpin = () => {
      for (const key of keys) this.#index.unpin(key);
    };
    try {
      const parts = await together(segments, signal, (one, any) => this.#part(archive.streamId, one, any));
      return leaseOf(parts, unpin);
    } catch (error) {
      unpin();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#store.idle();
  }

  inspect({ streamId, url, signal }: Parameters<MediaCache['inspect']>[0]): Promise<FileInfo | undefined> {
    return this.#files.inspect({ streamId, url }, this.#signal(signal));
  }

  async #file(archive: ArchiveView, span: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<Lease> {
    const { streamId, opened } = archive;
    if (isLocal({ uri: opened.uri, byteOffset: null, byteLength: null })) {
      return leaseOf([await fileInPlace(archive, span.fromMs, span.toMs)], () => undefined);
    }
    const held = await this.#files.hold(streamId, opened, span, signal);
    return leaseOf([held], held.release);
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
  }

  async #part(streamId: string, segment: ArchiveSegment, signal: AbortSignal): Promise<CountedPart> {
    if (isInPlace(segment)) return segmentInPlace(segment);
    const key = segmentKey(streamId, segment);
    const { value, isFirst } = await this.#store.obtain(key, streamId, segment, signal);
    const { object, fetchedBytes } = value;
    return {
      part: partOf(segment, object.path),
      neededBytes: object.bytes - object.initBytes,
      fetchedBytes: isFirst && !isLocal(segment.media) ? fetchedBytes : 0,
    };
  }
}

function leaseOf(counted: readonly CountedPart[], unpin: () => void | Promise<void>): Lease {
  let isHeld = true;
  return {
    parts: counted.map(({ part }) => part),
    bytesFetched: counted.reduce((sum, { fetchedBytes }) => sum + fetchedBytes, 0),
    bytesNeeded: counted.reduce((sum, { neededBytes }) => sum + neededBytes, 0),
    release: async () => {
      if (!isHeld) return;
      isHeld = false;
      await unpin();
    },
  };
}
