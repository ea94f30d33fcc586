import { rmSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { SegmentRange } from '../../domain/records.gen.ts';
import type { CacheCatalog, CachedObject, Flight } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchBudget } from '../../ports/fetchbudget.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Logger } from '../../ports/logger.ts';
import { Credits } from './credits.ts';
import { Crossing, failureOf } from './crossing.ts';
import { SingleFlight } from './flight.ts';
import { initKey, partFile } from './objectname.ts';
import { isLocal, readRange } from './origin.ts';
import { WorkQueue } from './queue.ts';
import type { Recovery } from './recover.ts';
import type { Room } from './room.ts';
import { Spending } from './spending.ts';
import { writeObject } from './write.ts';

/** Segments that are fetched at once. */
const width = 6;
/** How often a flight that another process took over is claimed again. */
const mostClaims = 3;

export interface StoreOptions {
  readonly folder: string;
  readonly catalog: CacheCatalog;
  readonly fetcher: Fetcher;
  readonly fetchBudget?: FetchBudget;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** An object that somebody needs. */
export interface Needed {
  readonly key: string;
  readonly channelId: string;
  readonly streamId: string;
  readonly range: SegmentRange;
  readonly init: SegmentRange | null;
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
  readonly #spending: Spending;
  readonly #flights = new SingleFlight<CachedObject>();
  readonly #queue = new WorkQueue(width);

  constructor(options: StoreOptions, room: Room, recovery: Recovery) {
    this.#options = options;
    this.#room = room;
    this.#recovery = recovery;
    this.#crossing = new Crossing(options.catalog, recovery, options.clock);
    this.#spending = new Spending(options.fetchBudget, options.logger);
  }

  /** Pins keys and resolves with the objects that are there. */
  pin(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, CachedObject>> {
    return this.#crossing.pin(keys, signal);
  }

  /** Gets an object, which was `present` when it was pinned or is still to come. */
  async obtain(needed: Needed, present: CachedObject | undefined, signal: AbortSignal): Promise<CachedObject> {
    if (present !== undefined && (await this.#isSound(present))) return present;
    return this.#flights.run(needed.key, signal, (flight) => this.#get(needed, flight));
  }

  pathOf(object: CachedObject): string {
    return path.join(this.#options.folder, object.name);
  }

  idle(): Promise<void> {
    return this.#flights.idle();
  }

  async #get(needed: Needed, signal: AbortSignal): Promise<CachedObject> {
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
  async #fly(needed: Needed, flight: Flight, signal: AbortSignal): Promise<unknown> {
    try {
      const init = needed.init === null ? new Uint8Array() : await this.#init(needed, needed.init, signal);
      await this.#queue.run(() => this.#fetch(needed, flight, init, signal));
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

  async #init(needed: Needed, range: SegmentRange, signal: AbortSignal): Promise<Uint8Array> {
    const key = initKey(needed.streamId, range);
    const present = await this.pin([key], signal);
    try {
      return await readFile(
        this.pathOf(await this.obtain({ ...needed, key, range, init: null }, present.get(key), signal)),
      );
    } finally {
      await this.#recovery.surely(() => this.#options.catalog.unpin([key]));
    }
  }

  #fetch(needed: Needed, flight: Flight, init: Uint8Array, signal: AbortSignal): Promise<void> {
    const { folder, fetcher, catalog, clock } = this.#options;
    const { range, channelId } = needed;
    const write = (onBytes: (bytes: number) => Promise<void>) =>
      readRange(range, fetcher, signal, (body) =>
        writeObject({ folder, flight, channelId, init, body, nowMs: clock.now(), onBytes }, this.#room, catalog),
      );
    if (isLocal(range)) return write(async () => undefined);
    return this.#spending.run({ ...needed, bytes: range.byteLength }, (onBytes) =>
      write((bytes) => {
        this.credits.add(needed.key, bytes);
        return onBytes(bytes);
      }),
    );
  }

  /** Whether its file is still as it was; one that somebody removed or changed is given up. */
  async #isSound(object: CachedObject): Promise<boolean> {
    const file = this.pathOf(object);
    const found = await stat(file).catch(() => undefined);
    if (found?.size === object.bytes) return true;
    const { catalog } = this.#options;
    await catalog.settling(async () => {
      const isGone = await catalog.forget(object, () => rmSync(file, { force: true }));
      if (isGone) await this.#room.refund(object.diskBytes);
    });
    return false;
  }
}

function isFenced(error: unknown): boolean {
  return error instanceof CliptideError && error.code === 'fenced';
}
