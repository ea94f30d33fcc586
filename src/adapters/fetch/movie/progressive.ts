import { CliptideError, toCliptideError } from '../../../domain/errors.ts';
import { NoPicture, NotPlain } from '../../../domain/mp4/boxes.ts';
import { type Cut, cutOf } from '../../../domain/mp4/cut.ts';
import { type MovieIndex, movieIndexOf } from '../../../domain/mp4/media.ts';
import type { CachedObject } from '../../../ports/cachecatalog.ts';
import type { FetchedBody, Fetcher } from '../../../ports/fetcher.ts';
import type { ArchiveView, FileInfo, LeasedPart } from '../../../ports/mediacache.ts';
import { ChangedFile, getVersion, placeOf } from '../http/version.ts';
import type { NeededFile } from '../needed.ts';
import { originOf } from '../origin.ts';
import type { Admission } from '../room/admission.ts';
import type { Room } from '../room/room.ts';
import type { Asker } from '../room/visit.ts';
import type { ObjectStore } from '../store.ts';
import { alone, type Patience, together } from '../together.ts';
import { partOfMovie, type StoredRange } from './assemble.ts';
import { fetchIndex, NoMovie, readIndex, type StoredIndex, unusable } from './movieindex.ts';
import { indexKey, type KeyedRange, partKey, type RemoteFile, rangesOf } from './moviekeys.ts';

interface OpenedFile extends StoredIndex {
  readonly index: MovieIndex;
}

/** A part that is held until it is released. */
export interface HeldPart {
  readonly part: LeasedPart;
  readonly neededBytes: number;
  readonly fetchedBytes: number;
  release(): Promise<void>;
}

/** The record's duration and the file's may differ so much; more, and it is another recording. */
const durationSlackMs = 1000;

/** Progressive MP4 files over http: their index is fetched, and then only the GOPs that a span needs. */
export class ProgressiveFiles {
  readonly #store: ObjectStore;
  readonly #admission: Admission;
  readonly #fetcher: Fetcher;

  constructor(store: ObjectStore, admission: Admission, fetcher: Fetcher) {
    this.#store = store;
    this.#admission = admission;
    this.#fetcher = fetcher;
  }

  /** What the file holds; undefined for what is no MP4. */
  async inspect({ streamId, channelId, url }: RemoteFile, asker: Asker): Promise<FileInfo | undefined> {
    try {
      const { index } = await this.#open({ streamId, channelId, url }, asker);
      return { durationMs: index.durationMs, hasVideo: true, hasAudio: index.sounds.length > 0 };
    } catch (error) {
      if (error instanceof NoMovie) return undefined;
      throw error;
    }
  }

  /** Holds a file of its own with what a span of archive time needs. Rejects as `MediaCache.lease` does. */
  async hold(
    { streamId, channelId, opened: { uri: url, durationMs } }: ArchiveView,
    span: { readonly fromMs: number; readonly toMs: number },
    asker: Asker,
  ): Promise<HeldPart> {
    const file = { streamId, channelId, url };
    const opened = await this.#open(file, asker);
    const statedMs = durationMs ?? opened.index.durationMs;
    if (span.fromMs < -1 || span.toMs > statedMs + 1) throw outside(url, statedMs);
    try {
      if (Math.abs(statedMs - opened.index.durationMs) > durationSlackMs) throw new ChangedFile(url);
      return await this.#cut(file, opened, cutIn(opened, url, span), asker);
    } catch (error) {
      // It may be another file by now; whoever asks next looks at it anew.
      if (error instanceof ChangedFile || toCliptideError(error).code === 'media-gone') {
        await this.#store.drop(indexKey(file), asker.signal);
      }
      throw error;
    }
  }

  /** What a span needs of the cache: the index, and where that is there its ranges. Nothing is fetched. */
  async keysOf(
    { streamId, channelId, opened: { uri: url } }: ArchiveView,
    span: { readonly fromMs: number; readonly toMs: number },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const file = { streamId, channelId, url };
    const key = indexKey(file);
    return this.#store.pinned([key], signal, async (present) => {
      const object = present.get(key);
      if (object === undefined) return [];
      try {
        const { version, moov } = await readIndex(this.#store.pathOf(object));
        const cut = cutOf(movieIndexOf(moov), version.totalBytes, span.fromMs, span.toMs);
        return cut === undefined ? [] : [key, ...rangesOf(file, version, cut).map((one) => one.key)];
      } catch {
        // Whoever leases this is told what is wrong with it.
        return [];
      }
    });
  }

  async #open({ url, ...whose }: RemoteFile, asker: Asker): Promise<OpenedFile> {
    const key = indexKey({ url, ...whose });
    const read: NeededFile['read'] = (write, flight, onBytes) => fetchIndex(this.#fetcher, url, flight, write, onBytes);
    const needed: NeededFile = { key, ...whose, kind: 'init', origin: originOf(url), fetched: null, read };
    // How large it is shows when it comes.
    const stored = await this.#admission.run(asker, { keys: [key], bytesOf: () => 0 }, async (present, room) =>
      readIndex(this.#store.pathOf(await this.#store.obtain(needed, present.get(key), room, alone(asker.signal)))),
    );
    await this.#store.unpin([key]);
    return { ...stored, index: inPlainTerms(url, () => movieIndexOf(stored.moov)) };
  }

  async #cut(file: RemoteFile, opened: OpenedFile, cut: Cut, asker: Asker): Promise<HeldPart> {
    const { version } = opened;
    const wanted = rangesOf(file, version, cut);
    const key = partKey(file, version, cut);
    const sizes = new Map(wanted.map((one) => [one.key, one.range.length]));
    const rangeKeys = [...sizes.keys()];
    // All of their bytes once more; its tables are small.
    sizes.set(
      key,
      [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
    const needs = { keys: [...sizes.keys()], bytesOf: (one: string) => sizes.get(one) ?? 0 };
    const object = await this.#admission.run(asker, needs, async (present, room) => {
      const ranges = await together(wanted, asker.signal, (one, patience) =>
        this.#range(file, opened, one, { present: present.get(one.key), room, patience }),
      );
      const needed = this.#part(file, key, () => partOfMovie(cut, opened, opened.index.header, ranges));
      return this.#store.obtain(needed, present.get(key), room, alone(asker.signal));
    });
    await this.#store.unpin(rangeKeys);
    const { startMs, durationMs, neededBytes } = cut;
    const part = { path: this.#store.pathOf(object), startMs, durationMs, discontinuity: false };
    const fetchedBytes = [indexKey(file), ...rangeKeys].reduce((sum, one) => sum + this.#store.credits.take(one), 0);
    return { part, neededBytes, fetchedBytes, release: () => this.#store.unpin([key]) };
  }

  #part({ url, ...whose }: RemoteFile, key: string, made: () => FetchedBody): NeededFile {
    const read: NeededFile['read'] = (write) => write(inPlainTerms(url, made));
    return { key, ...whose, kind: 'mp4', origin: '', fetched: undefined, read };
  }

  async #range(
    { url, ...whose }: RemoteFile,
    { version }: OpenedFile,
    { range, key }: KeyedRange,
    { present, room, patience }: { present: CachedObject | undefined; room: Room; patience: Patience },
  ): Promise<StoredRange> {
    const read: NeededFile['read'] = (write, flight) =>
      getVersion(this.#fetcher, { url, ...range }, version, flight, (body) => write(body));
    const needed: NeededFile = { key, ...whose, kind: 'raw', origin: originOf(url), fetched: range.length, read };
    return { ...range, path: this.#store.pathOf(await this.#store.obtain(needed, present, room, patience)) };
  }
}

function cutIn({ index, version }: OpenedFile, url: string, { fromMs, toMs }: { fromMs: number; toMs: number }): Cut {
  const cut = inPlainTerms(url, () => cutOf(index, version.totalBytes, fromMs, toMs));
  if (cut !== undefined) return cut;
  throw new CliptideError('media-gone', `The file holds no picture of this span: ${placeOf(url)}`, {
    where: placeOf(url),
  });
}

function outside(url: string, durationMs: number): CliptideError {
  const where = placeOf(url);
  return new CliptideError('media-gone', `The file lasts ${durationMs} ms: ${where}`, { where });
}

/** Reading beyond a table's end is a RangeError. */
function inPlainTerms<T>(url: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NoPicture) throw noPicture(url);
    if (error instanceof NotPlain || error instanceof RangeError) {
      const reason = error instanceof NotPlain ? error.message : 'its tables are cut off';
      throw unusable(url, reason);
    }
    throw error;
  }
}

function noPicture(url: string): CliptideError {
  const where = placeOf(url);
  return new CliptideError('media', `The recording has no picture: ${where}`, {
    where,
    hint: 'Give one with a video track.',
  });
}
