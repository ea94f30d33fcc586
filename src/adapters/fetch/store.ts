import { readFile, stat, utimes } from 'node:fs/promises';
import type { ArchiveSegment, SegmentRange } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchedBody, Fetcher } from '../../ports/fetcher.ts';
import { type Landed, SingleFlight } from './flight.ts';
import { type ContentKind, initKey } from './objectname.ts';
import type { CachedObject, ObjectIndex } from './objects.ts';
import { readRange } from './origin.ts';
import { WorkQueue } from './queue.ts';
import type { Room } from './room.ts';
import { writeObject } from './write.ts';

/** Segments that are fetched at once. */
const width = 6;

export interface Obtained {
  readonly object: CachedObject;
  /** Segment bytes that the origin sent for it, failed tries included. */
  readonly fetchedBytes: number;
}

/** Writes a body, with other bytes in front of it, as the object that is being got. */
export type Write = (body: FetchedBody, init?: Uint8Array) => Promise<CachedObject>;

export interface StoreOptions {
  readonly folder: string;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
}

/** Gets objects into the folder, each by one flight, whoever asks. The caller pins the key first. */
export class ObjectStore {
  readonly #options: StoreOptions;
  readonly #index: ObjectIndex;
  readonly #room: Room;
  readonly #segments = new SingleFlight<Obtained>();
  readonly #inits = new SingleFlight<Uint8Array>();
  readonly #queue = new WorkQueue(width);

  constructor(options: StoreOptions, index: ObjectIndex, room: Room) {
    this.#options = options;
    this.#index = index;
    this.#room = room;
  }

  obtain(key: string, streamId: string, segment: ArchiveSegment, signal: AbortSignal): Promise<Landed<Obtained>> {
    return this.#segments.run(key, signal, async (flight) => {
      const present = await this.#present(key);
      if (present !== undefined) return { object: present, fetchedBytes: 0 };
      const init = segment.init === null ? new Uint8Array() : await this.#init(streamId, segment.init, flight);
      return this.#queue.run(() => this.#fetch(key, segment.media, init, flight));
    });
  }

  /** The same for what is no segment: `read` gets its bytes and hands them to `write`. */
  obtainFile(
    key: string,
    kind: ContentKind,
    signal: AbortSignal,
    read: (write: Write, signal: AbortSignal) => Promise<CachedObject>,
  ): Promise<Landed<Obtained>> {
    return this.#segments.run(key, signal, async (flight) => {
      const present = await this.#present(key);
      if (present !== undefined) return { object: present, fetchedBytes: 0 };
      return this.#queue.run(() => this.#write(key, kind, (write) => read(write, flight)));
    });
  }

  /** Removes an object that nobody holds. */
  async drop(key: string): Promise<void> {
    const object = this.#index.get(key);
    if (object !== undefined && !this.#index.isPinned(key)) await this.#room.drop(object);
  }

  async idle(): Promise<void> {
    await Promise.all([this.#segments.idle(), this.#inits.idle()]);
  }

  async #init(streamId: string, range: SegmentRange, signal: AbortSignal): Promise<Uint8Array> {
    const key = initKey(streamId, range);
    this.#index.pin(key);
    try {
      const { value } = await this.#inits.run(key, signal, async (flight) => {
        const present = await this.#present(key);
        const object = present ?? (await this.#fetch(key, range, new Uint8Array(), flight)).object;
        return readFile(object.path);
      });
      return value;
    } finally {
      this.#index.unpin(key);
    }
  }

  async #fetch(key: string, range: SegmentRange, init: Uint8Array, signal: AbortSignal): Promise<Obtained> {
    return this.#write(key, undefined, (write) =>
      readRange(range, this.#options.fetcher, signal, (body) => write(body, init)),
    );
  }

  async #write(
    key: string,
    kind: ContentKind | undefined,
    read: (write: Write) => Promise<CachedObject>,
  ): Promise<Obtained> {
    const { folder, clock } = this.#options;
    await this.#room.evicted(key);
    let fetchedBytes = 0;
    const onBytes = (bytes: number) => {
      fetchedBytes += bytes;
    };
    const known = kind === undefined ? {} : { kind };
    const object = await read((body, init = new Uint8Array()) =>
      writeObject({ folder, key, ...known, init, body, nowMs: clock.now(), onBytes }, this.#room),
    );
    this.#index.add(object);
    return { object, fetchedBytes };
  }

  /** The object, if its file is still as it was; a file that someone removed or changed is given up. */
  async #present(key: string): Promise<CachedObject | undefined> {
    const object = this.#index.get(key);
    if (object === undefined) return undefined;
    const found = await stat(object.path).catch(() => undefined);
    if (found === undefined || found.size !== object.bytes) {
      await this.#room.drop(object);
      return undefined;
    }
    object.usedAtMs = this.#options.clock.now();
    const used = new Date(object.usedAtMs);
    await utimes(object.path, used, used);
    return object;
  }
}
