import { createSecretKey, type KeyObject } from 'node:crypto';
import { CliptideError } from '../../domain/errors.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import { blockBytes } from './decrypt.ts';
import { SingleFlight } from './flight.ts';
import { placeOf } from './http/version.ts';
import { readRange } from './origin.ts';
import { alone } from './together.ts';

/** A broadcast that changes its key every ten minutes has 144 a day. */
const mostKeys = 1_024;

/**
 * Keys of encrypted segments: each is fetched once, by the rules of every fetch, and kept in memory alone. Nothing of
 * a key is in an error, a log or a file.
 */
export class KeyRing {
  readonly #fetcher: Fetcher;
  readonly #flights = new SingleFlight<KeyObject>();
  readonly #keys = new Map<string, KeyObject>();

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
  }

  /** Rejects with `media` what is no key, else as a fetch does. */
  async key(uri: string, signal: AbortSignal): Promise<KeyObject> {
    const known = this.#keys.get(uri);
    if (known !== undefined) return known;
    return this.#flights.run(uri, alone(signal), async (flight) => {
      const key = await readRange({ uri, byteOffset: null, byteLength: null }, 'init', this.#fetcher, flight, keyOf);
      const [oldest] = this.#keys.keys();
      if (this.#keys.size >= mostKeys && oldest !== undefined) this.#keys.delete(oldest);
      this.#keys.set(uri, key);
      return key;
    });
  }

  /** The key did not fit: the next who needs it fetches it anew. */
  forget(uri: string): void {
    this.#keys.delete(uri);
  }

  async idle(): Promise<void> {
    await this.#flights.idle();
  }
}

async function keyOf({ url, chunks }: { readonly url: string; readonly chunks: AsyncIterable<Uint8Array> }) {
  const bytes = Buffer.alloc(blockBytes);
  let length = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk.subarray(0, Math.max(0, blockBytes - length)), Math.min(length, blockBytes));
    length += chunk.length;
    if (length > blockBytes) break;
  }
  if (length === blockBytes) return createSecretKey(bytes);
  const where = placeOf(url);
  const many = length > blockBytes ? `more than ${blockBytes}` : String(length);
  throw new CliptideError('media', `The key of an encrypted segment has ${many} bytes, not ${blockBytes}: ${where}`, {
    where,
    hint: 'Its address may answer with a page in place of the key, such as a login.',
  });
}
