import { createDecipheriv, type KeyObject } from 'node:crypto';
import { CliptideError } from '../../domain/errors.ts';
import type { FetchedBody } from '../../ports/fetcher.ts';
import { placeOf } from './http/version.ts';

/** AES works on blocks of so many bytes; a key of AES-128 and its vector are as long. */
export const blockBytes = 16;

/**
 * A body that was encrypted with AES-128 in CBC mode and PKCS7 padding (HLS, RFC 8216, section 4.3.2.4), in plain. Its
 * length is known at its end only. Throws `media` where the encrypted length cannot be; the chunks reject with `media`
 * when the key does not fit, and with `unavailable` when the body ends inside a block.
 */
export function decrypted(body: FetchedBody, key: KeyObject, iv: string): FetchedBody {
  const where = placeOf(body.url);
  if (body.length !== undefined && (body.length === 0 || body.length % blockBytes !== 0)) {
    throw new CliptideError(
      'media',
      `The encrypted segment has ${body.length} bytes, no multiple of ${blockBytes}: ${where}`,
      {
        where,
      },
    );
  }
  return { ...body, length: undefined, chunks: plain(body, key, Buffer.from(iv, 'hex'), where) };
}

async function* plain(
  { chunks, giveBack }: FetchedBody,
  key: KeyObject,
  iv: Uint8Array,
  where: string,
): AsyncIterable<Uint8Array> {
  const decipher = createDecipheriv('aes-128-cbc', key, iv);
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    const part = decipher.update(chunk);
    giveBack?.(chunk);
    if (part.length > 0) yield part;
  }
  if (bytes % blockBytes !== 0) {
    throw new CliptideError('unavailable', `The encrypted segment ended inside a block: ${where}`, { where });
  }
  yield lastBlock(() => decipher.final(), where);
}

/** OpenSSL's own words would only add its file names. */
function lastBlock(final: () => Uint8Array, where: string): Uint8Array {
  try {
    return final();
  } catch {
    throw new CliptideError('media', `The segment cannot be decrypted: ${where}`, {
      where,
      hint: 'Its key does not fit, or its bytes were changed on the way.',
    });
  }
}
