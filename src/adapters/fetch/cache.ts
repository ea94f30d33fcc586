import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';
import type { CacheCatalog, CachedObject } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchBudget } from '../../ports/fetchbudget.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type {
  ArchiveSpan,
  ArchiveView,
  EndedHold,
  FileInfo,
  HandOver,
  HoldRequest,
  Lease,
  LeaseRequest,
  MediaCache,
} from '../../ports/mediacache.ts';
import { beat } from './beat.ts';
import { coveringSegments, segmentsWithin } from './covering.ts';
import { type CountedPart, fileInPlace, isInPlace, partOf, segmentInPlace } from './inplace.ts';
import { initKey, segmentKey } from './objectname.ts';
import { openCacheFolder } from './opening.ts';
import { isLocal } from './origin.ts';
import { ProgressiveFiles } from './progressive.ts';
import type { Recovery } from './recover.ts';
import { type Needed, ObjectStore } from './store.ts';
import { together } from './together.ts';

/** Share of the cap that holds may take: what is at work needs the rest. */
const heldShare = 0.6;
/** Share beyond which nothing is kept for who has not taken it over yet. */
const keptShare = 0.8;

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
  const store = new ObjectStore(options, room, recovery);
  return new SegmentCache(options, store, recovery);
}

class SegmentCache implements MediaCache {
  readonly #options: MediaCacheOptions;
  readonly #store: ObjectStore;
  readonly #files: ProgressiveFiles;
  readonly #closing = new AbortController();
  readonly #beating: Promise<void>;

  constructor(options: MediaCacheOptions, store: ObjectStore, recovery: Recovery) {
    this.#options = options;
    this.#store = store;
    this.#files = new ProgressiveFiles(store, options.fetcher);
    this.#beating = beat(options, recovery, this.#closing.signal);
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    const { fromMs, toMs, signal } = request;
    if (!(toMs > fromMs)) throw new CliptideError('internal', `No span to lease: ${fromMs} to ${toMs} ms`);
    const lease = await this.#lease(request, this.#signal(signal));
    return {
      ...lease,
      release: async (handOver) => {
        if (handOver !== undefined) await this.#keep(request, handOver);
        await lease.release();
      },
    };
  }

  async #lease({ archive, fromMs, toMs }: LeaseRequest, any: AbortSignal): Promise<Lease> {
    if (archive.opened.type === 'file') return this.#file(archive, { fromMs, toMs }, any);
    const segments = coveringSegments(archive, fromMs, toMs);
    const keys = cachedKeys(archive, segments);
    const present = await this.#store.pin(keys, any);
    const unpin = () => this.#store.unpin(keys);
    try {
      const parts = await together(segments, any, (one, each) => this.#part(archive, one, present, each));
      return leaseOf(parts, this.#credited(archive, segments, keys), unpin);
    } catch (error) {
      await unpin();
      throw error;
    }
  }

  async hold({ spans, ...rest }: HoldRequest): Promise<readonly EndedHold[]> {
    const { catalog, ledger, scope } = this.#options;
    const { cap } = await ledger.usage(scope);
    const keys = await Promise.all(spans.map((span) => this.#keysOf(span)));
    return catalog.hold({ ...rest, keys: keys.flat() }, Math.floor(cap * heldShare));
  }

  /** Who let go of it has no use for a failure. */
  async #keep(span: ArchiveSpan, { holder, forMs }: HandOver): Promise<void> {
    const { catalog, ledger, scope, clock, logger } = this.#options;
    try {
      const { cap } = await ledger.usage(scope);
      const kept = { holder, keys: await this.#keysOf(span), untilMs: clock.now() + forMs };
      await catalog.keep(kept, Math.floor(cap * keptShare));
    } catch (error) {
      logger.warn('Media that was leased is not kept for who is next', { error: String(error) });
    }
  }

  letGo = (holder: string): Promise<void> => this.#options.catalog.letGo(holder);

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#store.idle(), this.#beating]);
  }

  inspect({ signal, ...file }: Parameters<MediaCache['inspect']>[0]): Promise<FileInfo | undefined> {
    return this.#files.inspect(file, this.#signal(signal));
  }

  /** What a lease of a span needs of the cache, as far as that is known without asking anybody. */
  async #keysOf({ archive, ...span }: ArchiveSpan): Promise<readonly string[]> {
    // A segment's own object has its initialisation section in front.
    if (archive.opened.type !== 'file') return cachedKeys(archive, segmentsWithin(archive, span.fromMs, span.toMs));
    return isLocal(archive.opened) ? [] : this.#files.keysOf(archive, span, this.#closing.signal);
  }

  async #file(archive: ArchiveView, span: { fromMs: number; toMs: number }, signal: AbortSignal): Promise<Lease> {
    if (isLocal(archive.opened)) {
      return leaseOf([await fileInPlace(archive, span.fromMs, span.toMs)], 0, async () => undefined);
    }
    const { fetchedBytes, release, ...held } = await this.#files.hold(archive, span, signal);
    return leaseOf([{ ...held, fetchedBytes: 0 }], fetchedBytes, release);
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
  }

  async #part(
    archive: ArchiveView,
    segment: ArchiveSegment,
    present: ReadonlyMap<string, CachedObject>,
    signal: AbortSignal,
  ): Promise<CountedPart> {
    if (isInPlace(segment)) return segmentInPlace(segment);
    const key = segmentKey(archive.streamId, segment);
    const object = await this.#store.obtain(segmentOf(key, archive, segment), present.get(key), signal);
    const path = this.#store.pathOf(object);
    return { part: partOf(segment, path), neededBytes: object.bytes - object.initBytes, fetchedBytes: 0 };
  }

  /** What was fetched for these segments; only a lease that succeeds may take it. */
  #credited({ streamId }: ArchiveView, segments: readonly ArchiveSegment[], keys: readonly string[]): number {
    const inits = segments.flatMap(({ init }) => (init === null ? [] : [initKey(streamId, init)]));
    return [...keys, ...inits].reduce((sum, key) => sum + this.#store.credits.take(key), 0);
  }
}

/** Keys of what is not read in place. */
function cachedKeys({ streamId }: ArchiveView, segments: readonly ArchiveSegment[]): string[] {
  return segments.filter((segment) => !isInPlace(segment)).map((segment) => segmentKey(streamId, segment));
}

function segmentOf(key: string, archive: ArchiveView, segment: ArchiveSegment): Needed {
  const { streamId, channelId } = archive;
  const { media: range, init } = segment;
  return { key, channelId, streamId, wanted: 'segment', range, init, listed: { archive, segment } };
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
