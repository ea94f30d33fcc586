import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import { NotPlain } from '../../domain/mp4/boxes.ts';
import { type Cut, cutOf } from '../../domain/mp4/cut.ts';
import { type MovieIndex, movieIndexOf } from '../../domain/mp4/media.ts';
import type { ArchiveOpened } from '../../domain/records.gen.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { FileInfo, LeasedPart } from '../../ports/mediacache.ts';
import { partOfMovie, type StoredRange } from './assemble.ts';
import { fetchIndex, NoMovie, readIndex, type StoredIndex, unusable } from './movieindex.ts';
import { fileKey } from './objectname.ts';
import type { ObjectIndex } from './objects.ts';
import type { ObjectStore } from './store.ts';
import { together } from './together.ts';
import { ChangedFile, getVersion, placeOf } from './version.ts';

/** A file that is read in parts, in its broadcast. */
interface RemoteFile {
  readonly streamId: string;
  readonly url: string;
}

interface OpenedFile extends StoredIndex {
  readonly index: MovieIndex;
  readonly fetchedBytes: number;
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
  readonly #pins: ObjectIndex;
  readonly #store: ObjectStore;
  readonly #fetcher: Fetcher;

  constructor(pins: ObjectIndex, store: ObjectStore, fetcher: Fetcher) {
    this.#pins = pins;
    this.#store = store;
    this.#fetcher = fetcher;
  }

  /** What the file holds; undefined for what is no MP4. */
  async inspect(file: RemoteFile, signal: AbortSignal): Promise<FileInfo | undefined> {
    try {
      const { index } = await this.#open(file, signal);
      return { durationMs: index.durationMs, hasVideo: true, hasAudio: index.sounds.length > 0 };
    } catch (error) {
      if (error instanceof NoMovie) return undefined;
      throw error;
    }
  }

  /** Holds a file of its own with what a span of archive time needs. Rejects as `MediaCache.lease` does. */
  async hold(
    streamId: string,
    { uri: url, durationMs }: ArchiveOpened,
    span: { readonly fromMs: number; readonly toMs: number },
    signal: AbortSignal,
  ): Promise<HeldPart> {
    const file = { streamId, url };
    const opened = await this.#open(file, signal);
    const statedMs = durationMs ?? opened.index.durationMs;
    if (span.fromMs < -1 || span.toMs > statedMs + 1) throw outside(url, statedMs);
    try {
      if (Math.abs(statedMs - opened.index.durationMs) > durationSlackMs) throw new ChangedFile(url);
      return await this.#cut(file, opened, cutIn(opened, url, span), signal);
    } catch (error) {
      // It may be another file by now; whoever asks next looks at it anew.
      if (error instanceof ChangedFile || toCliptideError(error).code === 'media-gone') {
        await this.#store.drop(indexKey(file));
      }
      throw error;
    }
  }

  async #open(file: RemoteFile, signal: AbortSignal): Promise<OpenedFile> {
    const key = indexKey(file);
    let lookedAt = 0;
    const onBytes = (bytes: number): void => {
      lookedAt += bytes;
    };
    const stored = await this.#pinned([key], async () => {
      const { value, isFirst } = await this.#store.obtainFile(key, 'init', signal, (write, flight) =>
        fetchIndex(this.#fetcher, file.url, flight, write, onBytes),
      );
      const fetchedBytes = isFirst ? value.fetchedBytes + lookedAt : 0;
      return { ...(await readIndex(value.object.path)), fetchedBytes };
    });
    const index = inPlainTerms(file.url, () => movieIndexOf(stored.moov));
    return { ...stored, index };
  }

  async #cut(file: RemoteFile, opened: OpenedFile, cut: Cut, signal: AbortSignal): Promise<HeldPart> {
    const { version, index } = opened;
    const wanted = cut.ranges.map((range) => ({ range, key: fileKey('range', file, version, range) }));
    const [first, count] = [cut.picture.samples[0]?.index, cut.picture.samples.length];
    const key = fileKey('part', file, version, cut.ranges, cut.zeroSec, first, count);
    this.#pins.pin(key);
    const release = async (): Promise<void> => {
      this.#pins.unpin(key);
      await this.#store.drop(key);
    };
    try {
      return await this.#pinned(
        wanted.map((one) => one.key),
        async () => {
          const fetched = await together(wanted, signal, (one, any) => this.#range(file, opened, one, any));
          const ranges = fetched.map(({ stored }) => stored);
          const { value } = await this.#store.obtainFile(key, 'mp4', signal, (write) =>
            write(inPlainTerms(file.url, () => partOfMovie(cut, opened, index.header, ranges))),
          );
          const { startMs, durationMs, neededBytes } = cut;
          const part = { path: value.object.path, startMs, durationMs, discontinuity: false };
          const fetchedBytes = fetched.reduce((sum, one) => sum + one.fetchedBytes, opened.fetchedBytes);
          return { part, neededBytes, fetchedBytes, release };
        },
      );
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #range(
    { url }: RemoteFile,
    { version }: OpenedFile,
    { range, key }: { readonly range: Cut['ranges'][number]; readonly key: string },
    signal: AbortSignal,
  ): Promise<{ readonly stored: StoredRange; readonly fetchedBytes: number }> {
    const { value, isFirst } = await this.#store.obtainFile(key, 'raw', signal, (write, flight) =>
      getVersion(this.#fetcher, { url, ...range }, version, flight, (body) => write(body)),
    );
    return { stored: { ...range, path: value.object.path }, fetchedBytes: isFirst ? value.fetchedBytes : 0 };
  }

  async #pinned<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    for (const key of keys) this.#pins.pin(key);
    try {
      return await work();
    } finally {
      for (const key of keys) this.#pins.unpin(key);
    }
  }
}

function indexKey(file: RemoteFile): string {
  return fileKey('index', file);
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
    if (error instanceof NotPlain || error instanceof RangeError) {
      const reason = error instanceof NotPlain ? error.message : 'its tables are cut off';
      throw unusable(url, reason);
    }
    throw error;
  }
}
