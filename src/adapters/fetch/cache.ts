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
import type { RoomRecord } from '../../ports/roomrecord.ts';
import { beat } from './beat.ts';
import { coveringSegments, segmentsWithin } from './covering.ts';
import { type CountedPart, fileInPlace, isInPlace, partOf, segmentInPlace } from './inplace.ts';
import { leaseOf } from './leased.ts';
import { ProgressiveFiles } from './movie/progressive.ts';
import type { Needed } from './needed.ts';
import { initKey, segmentKey } from './objectname.ts';
import { openCacheFolder } from './opening.ts';
import { isLocal } from './origin.ts';
import type { Recovery } from './recover.ts';
import { Admission } from './room/admission.ts';
import type { CacheRoom, Room } from './room/room.ts';
import type { Asker } from './room/visit.ts';
import { ObjectStore } from './store.ts';
import { type Patience, together } from './together.ts';

/**
 * How long a lease waits for room. Renders, which hold media for 10 to 60 seconds, mostly let go of some by then; and
 * of the minute that a render has for more than its encode, a quarter is left for fetching.
 */
const maxWaitMs = 45_000;

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
  /** Told of who waits for room and who is refused; nobody unless given. */
  readonly roomRecord?: RoomRecord;
  /** How long a lease waits for room, but for one of a tail, which asks again soon; 45 s unless given. */
  readonly maxWaitMs?: number;
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
  const admission = new Admission({ ...options, room }, store);
  return new SegmentCache(options, { store, admission, room, recovery });
}

interface CacheParts {
  readonly store: ObjectStore;
  readonly admission: Admission;
  readonly room: CacheRoom;
  readonly recovery: Recovery;
}

class SegmentCache implements MediaCache {
  readonly #options: MediaCacheOptions;
  readonly #store: ObjectStore;
  readonly #admission: Admission;
  readonly #room: CacheRoom;
  readonly #files: ProgressiveFiles;
  readonly #closing = new AbortController();
  readonly #beating: Promise<void>;

  constructor(options: MediaCacheOptions, { store, admission, room, recovery }: CacheParts) {
    this.#options = options;
    this.#store = store;
    this.#admission = admission;
    this.#room = room;
    this.#files = new ProgressiveFiles(store, admission, options.fetcher);
    this.#beating = beat(options, recovery, this.#closing.signal);
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    const { fromMs, toMs } = request;
    if (!(toMs > fromMs)) throw new CliptideError('internal', `No span to lease: ${fromMs} to ${toMs} ms`);
    const lease = await this.#lease(request);
    return {
      ...lease,
      release: async (handOver) => {
        if (handOver !== undefined) await this.#keep(request, handOver);
        await lease.release();
      },
    };
  }

  async #lease({ archive, fromMs, toMs, purpose, signal }: LeaseRequest): Promise<Lease> {
    const asker = this.#asker(archive, signal, purpose);
    if (archive.opened.type === 'file') return this.#file(archive, { fromMs, toMs }, asker);
    const segments = coveringSegments(archive, fromMs, toMs);
    const ranges = new Map(segments.filter(isCached).map((one) => [segmentKey(archive.streamId, one), one.media]));
    const keys = [...ranges.keys()];
    const bytesOf = (key: string): number => {
      const range = ranges.get(key);
      return range === undefined ? 0 : this.#store.sizes.of(key, range);
    };
    const parts = await this.#admission.run(asker, { keys, bytesOf }, (present, room) =>
      together(segments, asker.signal, (one, patience) => this.#part(archive, one, present, room, patience)),
    );
    return leaseOf(parts, this.#credited(archive, segments, keys), () => this.#store.unpin(keys));
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

  evict = (bytes: number): Promise<number> => this.#room.evict(bytes);

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#store.idle(), this.#beating]);
  }

  inspect({ signal, ...file }: Parameters<MediaCache['inspect']>[0]): Promise<FileInfo | undefined> {
    return this.#files.inspect(file, this.#asker(file, signal, 'refine'));
  }

  /** What a lease of a span needs of the cache, as far as that is known without asking anybody. */
  async #keysOf({ archive, ...span }: ArchiveSpan): Promise<readonly string[]> {
    // A segment's own object has its initialisation section in front.
    if (archive.opened.type !== 'file') return cachedKeys(archive, segmentsWithin(archive, span.fromMs, span.toMs));
    return isLocal(archive.opened) ? [] : this.#files.keysOf(archive, span, this.#closing.signal);
  }

  async #file(archive: ArchiveView, span: { fromMs: number; toMs: number }, asker: Asker): Promise<Lease> {
    if (isLocal(archive.opened)) {
      return leaseOf([await fileInPlace(archive, span.fromMs, span.toMs)], 0, async () => undefined);
    }
    const { fetchedBytes, release, ...held } = await this.#files.hold(archive, span, asker);
    return leaseOf([{ ...held, fetchedBytes: 0 }], fetchedBytes, release);
  }

  #asker(
    { channelId, streamId }: Pick<Asker, 'channelId' | 'streamId'>,
    asked: AbortSignal | undefined,
    purpose: LeaseRequest['purpose'],
  ): Asker {
    const closing = this.#closing.signal;
    const signal = asked === undefined ? closing : AbortSignal.any([closing, asked]);
    const waitMs = purpose === 'tail' ? 0 : (this.#options.maxWaitMs ?? maxWaitMs);
    // Refinements wait for what is held for renders, and so for these.
    return { channelId, streamId, maxWaitMs: waitMs, urgent: purpose === 'render', signal };
  }

  async #part(
    archive: ArchiveView,
    segment: ArchiveSegment,
    present: ReadonlyMap<string, CachedObject>,
    room: Room,
    patience: Patience,
  ): Promise<CountedPart> {
    if (isInPlace(segment)) return segmentInPlace(segment);
    const key = segmentKey(archive.streamId, segment);
    const object = await this.#store.obtain(segmentOf(key, archive, segment), present.get(key), room, patience);
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
  return segments.filter(isCached).map((segment) => segmentKey(streamId, segment));
}

function isCached(segment: ArchiveSegment): boolean {
  return !isInPlace(segment);
}

function segmentOf(key: string, archive: ArchiveView, segment: ArchiveSegment): Needed {
  const { streamId, channelId } = archive;
  const { media: range, init } = segment;
  return { key, channelId, streamId, wanted: 'segment', range, init, listed: { archive, segment } };
}
