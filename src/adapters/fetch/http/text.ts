import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CliptideError } from '../../../domain/errors.ts';
import type { FetchedBody, TextRequest } from '../../../ports/fetcher.ts';
import { placeOf } from './version.ts';

/** A body is not sent as it is; only a text may be. */
export class SentEncoded extends CliptideError {
  constructor(where: string, encoding: string) {
    super('media', `${where} was sent as ${encoding}, which nobody asked for`, {
      where,
      hint: 'Serve it as it is, without Content-Encoding.',
    });
  }
}

type Bounds = Pick<TextRequest, 'maxBytes' | 'beginning'>;

/**
 * Reads a body as UTF-8 text, without a byte order mark. Some servers send gzip unasked. What cannot have the wanted
 * beginning is not read any further.
 */
export async function textOf(body: FetchedBody, encoding: string | undefined, bounds: Bounds): Promise<string> {
  const where = placeOf(body.url);
  const read = (chunks: AsyncIterable<Uint8Array>) => decoded(chunks, bounds, where);
  if (encoding === undefined || encoding === 'identity') return read(body.chunks);
  if (encoding !== 'gzip') throw new SentEncoded(where, encoding);
  const unpacked = createGunzip();
  // Its reader hears of what breaks; who refuses what has come does not wait for what would come next.
  pipeline(body.chunks, unpacked).catch(() => undefined);
  try {
    return await read(unpacked);
  } catch (cause) {
    if (cause instanceof CliptideError) throw cause;
    throw new CliptideError('media', `${where} was sent as gzip that does not unpack`, { where, cause });
  }
}

async function decoded(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, beginning = '' }: Bounds,
  where: string,
): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes, hasBegun] = ['', 0, false];
  const mustBegin = (isWhole: boolean): void => {
    const start = text.trimStart();
    hasBegun ||= start.startsWith(beginning);
    if (hasBegun || (!isWhole && beginning.startsWith(start))) return;
    throw new CliptideError('media', `${where} does not begin with ${beginning}`, { where });
  };
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new CliptideError('media', `${where} is larger than ${maxBytes} bytes`, { where });
    text += decoder.decode(chunk, { stream: true });
    if (!hasBegun) mustBegin(false);
  }
  text += decoder.decode();
  if (!hasBegun) mustBegin(true);
  return text;
}
