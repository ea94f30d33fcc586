import { CliptideError } from '../../domain/errors.ts';
import type { SegmentRange } from '../../domain/records.gen.ts';
import type { ArchiveAddresses } from '../../ports/addresses.ts';
import type { CacheCatalog, Flight } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchBudget } from '../../ports/fetchbudget.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Logger } from '../../ports/logger.ts';
import { atItsAddress } from './addressed.ts';
import { Credits } from './credits.ts';
import { FolderSync, syncFolder } from './foldersync.ts';
import { MediaOrigin } from './mediaorigin.ts';
import type { Needed, NeededFile, Write } from './needed.ts';
import { isLocal, originOf } from './origin.ts';
import type { Room } from './room/room.ts';
import { Sizes } from './room/sizes.ts';
import { Spending } from './spending.ts';
import { Turns } from './turns.ts';
import { type WriteRequest, writeObject } from './write.ts';

export interface DownloadOptions {
  readonly folder: string;
  readonly catalog: CacheCatalog;
  readonly fetcher: Fetcher;
  readonly addresses?: ArchiveAddresses;
  readonly fetchBudget?: FetchBudget;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What one object is got with. */
export interface Way {
  readonly flight: Flight;
  readonly room: Room;
  readonly signal: AbortSignal;
  /** Called when its turn has come. */
  readonly begun: () => void;
}

/** A way whose turn has come. */
interface Turn extends Way {
  readonly onWhole: () => void;
}

type Init = (needed: Needed, section: SegmentRange, way: Pick<Way, 'room' | 'signal'>) => Promise<Uint8Array>;

/** Brings objects into the folder, from their origin or made of others, under the budget of fetched bytes. */
export class Download {
  readonly credits = new Credits();
  readonly sizes = new Sizes();
  readonly #options: DownloadOptions;
  readonly #init: Init;
  readonly #origin: MediaOrigin;
  readonly #spending: Spending;
  readonly #turns = new Turns();
  readonly #named: FolderSync;

  /** `init` gives the bytes of a segment's initialisation section. */
  constructor(options: DownloadOptions, init: Init) {
    this.#options = options;
    this.#init = init;
    this.#named = new FolderSync(() => syncFolder(options.folder));
    this.#origin = new MediaOrigin(options.fetcher);
    this.#spending = new Spending(options.fetchBudget, options.logger);
  }

  bring(needed: Needed | NeededFile, way: Way): Promise<void> {
    return 'read' in needed
      ? this.#inTurn(needed.origin, way, (turn) => this.#make(needed, turn))
      : this.#segment(needed, way);
  }

  idle(): Promise<void> {
    return this.#origin.idle();
  }

  /** What has come leaves its place to the next: syncing it to the disk takes as long. */
  #inTurn(origin: string, way: Way, work: (turn: Turn) => Promise<void>): Promise<void> {
    return this.#turns.run(origin, (leave) => {
      // Nobody waits any more, and nothing was asked for yet.
      if (way.signal.aborted) throw new CliptideError('aborted', 'Stopped waiting for media');
      way.begun();
      return work({ ...way, onWhole: leave });
    });
  }

  #segment(needed: Needed, way: Way): Promise<void> {
    return this.#atItsAddress(needed, way.signal, async ({ range, init: section }) => {
      const init = section === null ? new Uint8Array() : await this.#init(needed, section, way);
      await this.#inTurn(originOf(range.uri), way, (turn) => this.#fetch({ ...needed, range }, turn, init));
    });
  }

  #make({ read, kind, fetched, ...needed }: NeededFile, way: Turn): Promise<void> {
    const { channelId } = needed;
    const get = (onBytes: (bytes: number) => Promise<void>): Promise<void> => {
      const write: Write = (body, init = new Uint8Array()) =>
        this.#write({ channelId, wanted: { kind }, init, body, onBytes }, way);
      return read(write, way.signal, onBytes);
    };
    return fetched === undefined ? get(async () => undefined) : this.#spend(needed, fetched, get);
  }

  #fetch(needed: Needed, way: Turn, init: Uint8Array): Promise<void> {
    const { key, range, wanted, channelId, listed } = needed;
    const listedMs = listed?.segment.durationMs;
    const get = (onBytes: (bytes: number) => Promise<void>): Promise<void> =>
      this.#origin.read(range, wanted, way.signal, (body) => {
        if (wanted === 'segment' && body.length !== undefined) {
          this.sizes.learn(key, range, init.length + body.length);
        }
        const likelyBytes = wanted === 'segment' ? this.sizes.of(key, range) || undefined : undefined;
        return this.#write({ channelId, wanted, listedMs, init, body, likelyBytes, onBytes }, way);
      });
    return isLocal(range) ? get(async () => undefined) : this.#spend(needed, range.byteLength, get);
  }

  #write(
    what: Pick<WriteRequest, 'channelId' | 'wanted' | 'listedMs' | 'init' | 'body' | 'likelyBytes' | 'onBytes'>,
    { flight, room, onWhole }: Turn,
  ): Promise<void> {
    const { folder, catalog, clock } = this.#options;
    return writeObject({ folder, named: this.#named, flight, ...what, onWhole, nowMs: clock.now() }, room, catalog);
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
}
