import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliptideError, isFenced } from '../../domain/errors.ts';
import type { SegmentRange } from '../../domain/records.gen.ts';
import type { CachedObject } from '../../ports/cachecatalog.ts';
import type { Credits } from './credits.ts';
import { Crossing, failureOf } from './crossing.ts';
import { Download, type DownloadOptions, type Way } from './download.ts';
import { SingleFlight } from './flight.ts';
import { removeFile } from './foreign.ts';
import type { Needed, NeededFile } from './needed.ts';
import { initKey, partFile } from './objectname.ts';
import type { Recovery } from './recover.ts';
import type { Room } from './room/room.ts';
import type { Sizes } from './room/sizes.ts';
import { alone, type Patience } from './together.ts';

/** How often a flight that another process took over is claimed again. */
const mostClaims = 3;

/**
 * Gets objects into the folder, each by one flight, whoever asks in whatever process of the node. The caller pins the
 * key first.
 */
export class ObjectStore {
  readonly #options: DownloadOptions;
  readonly #room: Pick<Room, 'refund'>;
  readonly #recovery: Recovery;
  readonly #crossing: Crossing;
  readonly #download: Download;
  readonly #flights = new SingleFlight<CachedObject>();

  constructor(options: DownloadOptions, room: Pick<Room, 'refund'>, recovery: Recovery) {
    this.#options = options;
    this.#room = room;
    this.#recovery = recovery;
    this.#crossing = new Crossing(options.catalog, recovery, options.clock);
    this.#download = new Download(options, (needed, section, { room, signal }) =>
      this.#init(needed, section, room, signal),
    );
  }

  /** Bytes that were fetched and no lease has counted yet. */
  get credits(): Credits {
    return this.#download.credits;
  }

  get sizes(): Sizes {
    return this.#download.sizes;
  }

  /** Pins keys and resolves with the objects that are there. */
  pin(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CachedObject>> {
    return this.#crossing.pin(keys, signal);
  }

  unpin(keys: readonly string[]): Promise<void> {
    return this.#recovery.surely(() => this.#options.catalog.unpin(keys));
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

  /** Gets an object, which was `present` when it was pinned or is still to come, into the room that there is for it. */
  async obtain(
    needed: Needed | NeededFile,
    present: CachedObject | undefined,
    room: Room,
    patience: Patience,
  ): Promise<CachedObject> {
    if (present !== undefined && (await this.#isSound(present))) return present;
    return this.#flights.run(needed.key, patience, (signal, begun) => this.#get(needed, { room, signal, begun }));
  }

  pathOf(object: CachedObject): string {
    return path.join(this.#options.folder, object.name);
  }

  /** Removes an object that is not to be used any more. */
  drop(key: string, signal: AbortSignal): Promise<void> {
    return this.pinned([key], signal, async (present) => {
      const object = present.get(key);
      if (object !== undefined) await this.#giveUp(object);
    });
  }

  async idle(): Promise<void> {
    await Promise.all([this.#flights.idle(), this.#download.idle()]);
  }

  async #get(needed: Needed | NeededFile, way: Omit<Way, 'flight'>): Promise<CachedObject> {
    const { catalog, folder } = this.#options;
    const { signal } = way;
    for (let claims = 0; ; ) {
      const claim = await catalog.claim(needed.key);
      if (claim.is === 'flying') {
        await this.#crossing.over(claim.flight, signal);
      } else if (claim.is === 'present') {
        if (await this.#isSound(claim.object)) return this.#learned(needed, claim.object);
      } else {
        if (claim.left !== undefined) await rm(path.join(folder, partFile(claim.left)), { force: true });
        const error = await this.#fly(needed, { ...way, flight: claim.flight });
        if (error !== undefined && (!isFenced(error) || ++claims >= mostClaims || signal.aborted)) throw error;
      }
    }
  }

  /** Resolves with why it failed. */
  async #fly(needed: Needed | NeededFile, way: Way): Promise<unknown> {
    const { flight, signal } = way;
    try {
      await this.#download.bring(needed, way);
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

  #learned(needed: Needed | NeededFile, object: CachedObject): CachedObject {
    if ('wanted' in needed && needed.wanted === 'segment') this.sizes.learn(object.key, needed.range, object.bytes);
    return object;
  }

  async #init(needed: Needed, range: SegmentRange, room: Room, signal: AbortSignal): Promise<Uint8Array> {
    const { streamId, channelId } = needed;
    const key = initKey(streamId, range);
    const ownSection = { key, streamId, channelId, wanted: 'init', range, init: null } as const;
    return this.pinned([key], signal, async (present) =>
      readFile(this.pathOf(await this.obtain(ownSection, present.get(key), room, alone(signal)))),
    );
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
      const isGone = await catalog.forget(object, () => removeFile(this.pathOf(object)));
      if (isGone) await this.#room.refund(object.diskBytes);
    });
  }
}
