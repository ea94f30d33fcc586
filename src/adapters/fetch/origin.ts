import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { SegmentRange } from '../../domain/records.gen.ts';
import type { FetchedBody, Fetcher } from '../../ports/fetcher.ts';

/** No segment is larger: a minute at 70 Mb/s. An initialisation section is held in memory. */
const mostBytes = { segment: 512 * 1024 * 1024, init: 16 * 1024 * 1024 };

/** Where bytes are; what they are encrypted with is another's business. */
type Place = Omit<SegmentRange, 'key'>;

export function isLocal(range: Pick<Place, 'uri'>): boolean {
  return !/^https?:\/\//i.test(range.uri);
}

/** The server that media at an address comes from; empty for this machine, and for what is no address. */
export function originOf(uri: string): string {
  return isLocal({ uri }) ? '' : (URL.parse(uri)?.origin ?? '');
}

/** Hands the bytes of a range to `consume`, from its origin or from a local file. */
export async function readRange<T>(
  range: Place,
  wanted: keyof typeof mostBytes,
  fetcher: Fetcher,
  signal: AbortSignal,
  consume: (body: FetchedBody) => Promise<T>,
): Promise<T> {
  const maxBytes = mostBytes[wanted];
  if (isLocal(range)) return consume(await localBody(range, maxBytes, signal));
  const { uri: url, byteOffset, byteLength } = range;
  const part = byteLength === null ? {} : { range: { offset: byteOffset ?? 0, length: byteLength } };
  return fetcher.get({ url, maxBytes, signal, ...part }, consume);
}

async function localBody(range: Place, maxBytes: number, signal: AbortSignal): Promise<FetchedBody> {
  const size = await fileSize(range.uri);
  const start = range.byteOffset ?? 0;
  const length = range.byteLength ?? size - start;
  if (length <= 0 || start + length > size) {
    throw new CliptideError('media-gone', `${range.uri} is shorter than its playlist says`, { where: range.uri });
  }
  if (length > maxBytes) {
    throw new CliptideError('media', `${range.uri} is larger than ${maxBytes} bytes`, { where: range.uri });
  }
  const chunks = createReadStream(range.uri, { start, end: start + length - 1, signal });
  return { url: range.uri, contentType: '', length, skipped: 0, chunks };
}

/** Rejects with `media-gone` when the file is not there. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw new CliptideError('media-gone', `The media file is not there: ${path}`, { where: path, cause });
  }
}
