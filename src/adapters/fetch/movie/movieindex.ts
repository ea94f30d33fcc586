import { readFile } from 'node:fs/promises';
import { CliptideError } from '../../../domain/errors.ts';
import { type Box, mostHeaderBytes, topLevelBoxes } from '../../../domain/mp4/boxes.ts';
import type { FetchedBody, Fetcher, FileVersion } from '../../../ports/fetcher.ts';
import { SentEncoded } from '../http/text.ts';
import { getVersion, noRanges, placeOf } from '../http/version.ts';
import type { Write } from '../needed.ts';

/** The index of a remote file, as the cache keeps it. */
export interface StoredIndex {
  readonly version: FileVersion;
  /** The whole `ftyp` box, or nothing. */
  readonly fileType: Buffer;
  /** Body of the `moov` box. */
  readonly moov: Buffer;
}

/** What is read to know a file by its content. */
const firstBytes = 16;
/** What is read of a file at each place where the head of a box is looked for. */
const windowBytes = 4096;
const mostFileTypeBytes = windowBytes - firstBytes;
/** With one of these an MP4 or QuickTime file begins. */
const firstBoxes: ReadonlySet<string> = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot']);

/** Thrown for what is no MP4 by its first bytes. */
export class NoMovie extends CliptideError {
  constructor(url: string) {
    super('media', `This is no MP4: ${placeOf(url)}`, { where: placeOf(url), hint: 'Give an MP4 or an HLS playlist.' });
  }
}

/**
 * Finds the index of a remote file by range requests, wherever in it it lies, and hands it to `write`; `onBytes` is told
 * what was read on the way. Rejects with `NoMovie`, or with `media` where there is none that can be used.
 */
export async function fetchIndex(
  fetcher: Fetcher,
  url: string,
  signal: AbortSignal,
  write: Write,
  onBytes: (bytes: number) => Promise<void>,
): Promise<void> {
  const version = await versionAt(fetcher, url, signal);
  await onBytes(firstBytes);
  const reader = windowReader(fetcher, url, version, signal, onBytes);
  let fileType: Buffer = Buffer.alloc(0);
  for await (const box of topLevelBoxes(version.totalBytes, reader)) {
    if (box.type === 'ftyp' && box.end <= mostFileTypeBytes) fileType = await reader(0, box.end);
    if (box.type === 'moof') throw unusable(url, 'it is in fragments');
    if (box.type !== 'moov') continue;
    requireIndex(box, version, url);
    const range = { url, offset: box.start, length: box.end - box.start };
    const head = headOf(version, fileType);
    return getVersion(fetcher, range, version, signal, (body) => write(body, head));
  }
  throw unusable(url, 'it has no index');
}

/** Reads what `fetchIndex` has written. */
export async function readIndex(path: string): Promise<StoredIndex> {
  const stored = await readFile(path);
  const begin = 4 + stored.readUInt32BE(0);
  const { version, fileTypeBytes } = JSON.parse(stored.toString('utf8', 4, begin)) as StoredHead;
  const moovAt = begin + fileTypeBytes;
  return { version, fileType: stored.subarray(begin, moovAt), moov: stored.subarray(moovAt) };
}

export function unusable(url: string, reason: string): CliptideError {
  const where = placeOf(url);
  return new CliptideError('media', `This MP4 cannot be read in parts, ${reason}: ${where}`, {
    where,
    hint: 'Download the file and give its path, or write it anew: ffmpeg -i FILE -c copy -movflags +faststart NEW.mp4',
  });
}

interface StoredHead {
  readonly version: FileVersion;
  readonly fileTypeBytes: number;
}

function headOf(version: FileVersion, fileType: Buffer): Buffer {
  const head: StoredHead = { version, fileTypeBytes: fileType.length };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, fileType]);
}

function requireIndex({ start, end }: Box, { totalBytes }: FileVersion, url: string): void {
  if (end > totalBytes) throw unusable(url, 'its index is cut off');
  if (end - start > mostHeaderBytes) throw unusable(url, `its index is larger than ${mostHeaderBytes} bytes`);
  if (end === start) throw unusable(url, 'its index is empty');
}

/** Which version is there now, if its first bytes are those of an MP4. */
function versionAt(fetcher: Fetcher, url: string, signal: AbortSignal): Promise<FileVersion> {
  const range = { offset: 0, length: firstBytes };
  const read = fetcher.get({ url, range, maxBytes: firstBytes, signal }, async (body) => {
    const first = await bytesOf(body);
    if (!firstBoxes.has(first.toString('latin1', 4, 8))) throw new NoMovie(url);
    if (body.version === undefined) throw noRanges(url);
    return body.version;
  });
  return read.catch((error) => {
    // Some stores send playlists packed whatever is asked for; a movie cannot be read in parts of that.
    throw error instanceof SentEncoded ? new NoMovie(url) : error;
  });
}

/** Reads a little more than it is asked for, for the next question is often about what follows. */
function windowReader(
  fetcher: Fetcher,
  url: string,
  version: FileVersion,
  signal: AbortSignal,
  onBytes: (bytes: number) => Promise<void>,
): (offset: number, length: number) => Promise<Buffer> {
  let window: Buffer = Buffer.alloc(0);
  let from = 0;
  return async (offset, length) => {
    const end = Math.min(offset + length, version.totalBytes);
    if (offset < from || end > from + window.length) {
      const range = { url, offset, length: Math.min(windowBytes, version.totalBytes - offset) };
      window = await getVersion(fetcher, range, version, signal, bytesOf);
      from = offset;
      await onBytes(window.length);
    }
    return window.subarray(offset - from, end - from);
  };
}

async function bytesOf(body: FetchedBody): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  return Buffer.concat(chunks);
}
