import { rmSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveView } from '../../domain/mediaclock/view.ts';
import type { ArchiveSegment, SegmentRange } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';
import type { CacheCatalog, CachedObject, Flight } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchBudget } from '../../ports/fetchbudget.ts';
import type { FetchedBody, Fetcher } from '../../ports/fetcher.ts';
import type { Logger } from '../../ports/logger.ts';
import { atItsAddress } from './addressed.ts';
import { Credits } from './credits.ts';
import { Crossing, failureOf } from './crossing.ts';
import { SingleFlight } from './flight.ts';
import { MediaOrigin } from './mediaorigin.ts';
import { type ContentKind, initKey, partFile } from './objectname.ts';
import { isLocal } from './origin.ts';
import { WorkQueue } from './queue.ts';
import type { Recovery } from './recover.ts';
import type { Room } from './room.ts';
import { Spending } from './spending.ts';
import { type WriteRequest, writeObject } from './write.ts';

/** Segments that are fetched at once. */
const width = 6;
/** How often a flight that another process took over is claimed again. */
const mostClaims = 3;

export interface StoreOptions {
  readonly folder: string;
  readonly catalog: CacheCatalog;
  readonly fetcher: Fetcher;
  readonly addresses?: ArchiveAddresses;
  readonly fetchBudget?: FetchBudget;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An object that somebody needs. */
export interface Needed {
  readonly key: string;
  readonly channelId: string;
  readonly streamId: string;
  readonly wanted: 'init' | 'segment';
  readonly range: SegmentRange;
  readonly init: SegmentRange | null;
  /** Where it is listed, in case its address is refused. */
  readonly listed?: { readonly archive: ArchiveView; readonly segment: ArchiveSegment };
}

/** Writes a body, with other bytes in front of it, as the object that is being got. */
export type Write = (body: FetchedBody, init?: Uint8Array) => Promise<void>;

/** An object that is no segment. */
export interface NeededFile {
  readonly key: string;
  readonly channelId: string;
  readonly streamId: string;
  readonly kind: ContentKind;
  /** Bytes that the origin will send for it, null where they are not known; undefined for what is made here. */
  readonly fetched: number | null | undefined;
  /** Gets its bytes and hands them to `write`; `onBytes` is told of those that are read beside them. */
  readonly read: (write: Write, signal: AbortSignal, onBytes: (bytes: number) => Promise<void>) => Promise<void>;
}

/**
 * Gets objects into the folder, each by one flight, whoever asks in whatever process of the node. The caller pins the
 * key first.
 */
export class ObjectStore {
  readonly credits = new Credits();
  readonly #options: StoreOptions;
  readonly #room: Room;
  readonly #recovery: Recovery;
  readonly #crossing: Crossing;
  readonly #origin: MediaOrigin;
  readonly #spending: Spending;
  readonly #flights = new SingleFlight<CachedObject>();
  readonly #queue = new WorkQueue(width);

  constructor(options: StoreOptions, room: Room, recovery: Recovery) {
    this.#options = options;
    this.#room = room;
    this.#recovery = recovery;
    this.#crossing = new Crossing(options.catalog, recovery, options.clock);
    this.#origin = new MediaOrigin(options.fetcher);
    this.#spending = new Spending(options.fetchBudget, options.logger);
  }

  /** Pins keys and resolves with the objects that are there. */
  pin(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CachedObject>> {
    return this.#crossing.pin(keys, signal);
  }

  /** Gets an object, which was `present` when it was pinned or is still to come. */
  async obtain(
    needed: Needed | NeededFile,
    present: CachedObject | undefined,
    signal: AbortSignal,
  ): Promise<CachedObject> {
    if (present !== undefined && (await this.#isSound(present))) return present;
    return this.#flights.run(needed.key, signal, (flight) => this.#get(needed, flight));
  }

  pathOf(object: CachedObject): string {
    return path.join(this.#options.folder, object.name);
  }

  async idle(): Promise<void> {
    await Promise.all([this.#flights.idle(), this.#origin.idle()]);
  }

  async #get(needed: Needed | NeededFile, signal: AbortSignal): Promise<CachedObject> {
    const { catalog, folder } = this.#options;
    for (let claims = 0; ; ) {
      const claim = await catalog.claim(needed.key);
      if (claim.is === 'flying') {
        await this.#crossing.over(claim.flight, signal);
      } else if (claim.is === 'present') {
        if (await this.#isSound(claim.object)) return claim.object;
      } else {
        if (claim.left !== undefined) await rm(path.join(folder, partFile(claim.left)), { force: true });
        const error = await this.#fly(needed, claim.flight, signal);
        if (error !== undefined && (!isFenced(error) || ++claims >= mostClaims || signal.aborted)) throw error;
      }
    }
  }

  /** Resolves with why it failed. */
  async #fly(needed: Needed | NeededFile, flight: Flight, signal: AbortSignal): Promise<unknown> {
    try {
      await ('read' in needed
        ? this.#queue.run(() => this.#make(needed, flight, signal))
        : this.#segment(needed, flight, signal));
      return undefined;
    } catch (error) {
      let isOurs = true;
      await this.#recovery.surely(async () => {
        // What a fetch says that was called off is nothing for those who still wait elsewhere.
        isOurs = await this.#options.catalog.fail(flight, signal.aborted ? undefined : failureOf(error));
      });
      return isOurs ? error : new CliptideError('fenced', 'Another process took over this fetch', { cause: error });
    }
  }

  #segment(needed: Needed, flight: Flight, signal: AbortSignal): Promise<void> {
    return this.#atItsAddress(needed, signal, async ({ range, init: section }) => {
      const init = section === null ? new Uint8Array() : await this.#init(needed, section, signal);
      await this.#queue.run(() => this.#fetch({ ...needed, range }, flight, init, signal));
    });
  }

  #make({ read, kind, fetched, ...needed }: NeededFile, flight: Flight, signal: AbortSignal): Promise<void> {
    const { channelId } = needed;
    const get = (onBytes: (bytes: number) => Promise<void>): Promise<void> => {
      const write: Write = (body, init = new Uint8Array()) =>
        this.#write({ flight, channelId, wanted: { kind }, init, body, onBytes });
      return read(write, signal, onBytes);
    };
    return fetched === undefined ? get(async () => undefined) : this.#spend(needed, fetched, get);
  }

  #write(what: Pick<WriteRequest, 'flight' | 'channelId' | 'wanted' | 'init' | 'body' | 'onBytes'>): Promise<void> {
    const { folder, catalog, clock } = this.#options;
    return writeObject({ folder, ...what, nowMs: clock.now() }, this.#room, catalog);
  }

  #spend(
    { key, ...whose }: Pick<Needed, 'key' | 'channelId' | 'streamId'>,
    bytes: number | null,
    get: (onBytes: (bytes: number) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    return this.#spending.run({ ...whose, bytes }, (onBytes) =>
      get((more) => {
        this.credits.add(key, more);
        return onBytes(more);
      }),
    );
  }

  #atItsAddress(
    needed: Needed,
    signal: AbortSignal,
    fetch: (at: Pick<Needed, 'range' | 'init'>) => Promise<void>,
  ): Promise<void> {
    if (needed.listed === undefined) return fetch(needed);
    const asked = { ...needed.listed, addresses: this.#options.addresses, signal };
    return atItsAddress(asked, ({ media: range, init }) => fetch({ range, init }));
  }

  /** Works with pinned keys, and what of them is there. */
  async pinned<T>(
    keys: readonly string[],
    signal: AbortSignal,
    work: (present: ReadonlyMap<string, CachedObject>) => Promise<T>,
  ): Promise<T> {
    const present = await this.pin(keys, signal);
    try {
      return await work(present);
    } finally {
      await this.unpin(keys);
    }
  }

  unpin(keys: readonly string[]): Promise<void> {
    return this.#recovery.surely(() => this.#options.catalog.unpin(keys));
  }

  /** Removes an object that is not to be used any more. */
  drop(key: string, signal: AbortSignal): Promise<void> {
    return this.pinned([key], signal, async (present) => {
      const object = present.get(key);
      if (object !== undefined) await this.#giveUp(object);
    });
  }

  async #init(needed: Needed, range: SegmentRange, signal: AbortSignal): Promise<Uint8Array> {
    const { streamId, channelId } = needed;
    const key = initKey(streamId, range);
    const ownSection = { key, streamId, channelId, wanted: 'init', range, init: null } as const;
    return this.pinned([key], signal, async (present) =>
      readFile(this.pathOf(await this.obtain(ownSection, present.get(key), signal))),
    );
  }

  #fetch(needed: Needed, flight: Flight, init: Uint8Array, signal: AbortSignal): Promise<void> {
    const { range, wanted, channelId } = needed;
    const get = (onBytes: (bytes: number) => Promise<void>): Promise<void> =>
      this.#origin.read(range, wanted, signal, (body) =>
        this.#write({ flight, channelId, wanted, init, body, onBytes }),
      );
    return isLocal(range) ? get(async () => undefined) : this.#spend(needed, range.byteLength, get);
  }

  /** Whether its file is still as it was; one that somebody removed or changed is given up. */
  async #isSound(object: CachedObject): Promise<boolean> {
    const file = this.pathOf(object);
    const found = await stat(file).catch(() => undefined);
    if (found?.size === object.bytes) return true;
    await this.#giveUp(object);
    return false;
  }

  async #giveUp(object: CachedObject): Promise<void> {
    const { catalog } = this.#options;
    await catalog.settling(async () => {
      const isGone = await catalog.forget(object, () => rmSync(this.pathOf(object), { force: true }));
      if (isGone) await this.#room.refund(object.diskBytes);
    });
  }
}

function isFenced(error: unknown): boolean {
  return error instanceof CliptideError && error.code === 'fenced';
}
