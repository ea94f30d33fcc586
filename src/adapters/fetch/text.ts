import { gunzipSync } from 'node:zlib';
import { CliptideError } from '../../domain/errors.ts';
import type { FetchedBody } from '../../ports/fetcher.ts';

/** A body is not sent as it is; only a text may be. */
export class SentEncoded extends CliptideError {
  constructor(where: string, encoding: string) {
    super('media', `${where} was sent as ${encoding}, which nobody asked for`, { where });
  }
}

/** Reads a body as UTF-8 text, without a byte order mark. Some servers send gzip unasked. */
export async function textOf(body: FetchedBody, encoding: string | undefined, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  return new TextDecoder().decode(plain(Buffer.concat(chunks), encoding, maxBytes, body.url));
}

function plain(bytes: Buffer, encoding: string | undefined, maxBytes: number, where: string): Buffer {
  if (encoding === undefined || encoding === 'identity') return bytes;
  if (encoding !== 'gzip') throw new SentEncoded(where, encoding);
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw new CliptideError('media', 'Sent as gzip that does not unpack within its bound', { where, cause });
  }
}
