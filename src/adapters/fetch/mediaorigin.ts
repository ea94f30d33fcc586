import { CliptideError } from '../../domain/errors.ts';
import type { SegmentRange } from '../../domain/records.gen.ts';
import type { FetchedBody, Fetcher } from '../../ports/fetcher.ts';
import { decrypted } from './decrypt.ts';
import { KeyRing } from './keyring.ts';
import { readRange } from './origin.ts';

/** Reads media from its origin or from local files; what is encrypted comes out in plain. */
export class MediaOrigin {
  readonly #fetcher: Fetcher;
  readonly #keys: KeyRing;

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
    this.#keys = new KeyRing(fetcher);
  }

  /** Hands the bytes of a range to `consume`. Rejects as a fetch does, and with `media` what cannot be decrypted. */
  async read<T>(
    range: SegmentRange,
    wanted: 'segment' | 'init',
    signal: AbortSignal,
    consume: (body: FetchedBody) => Promise<T>,
  ): Promise<T> {
    const { key } = range;
    if (key === null) return readRange(range, wanted, this.#fetcher, signal, consume);
    const secret = await this.#keys.key(key.uri, signal);
    try {
      return await readRange(range, wanted, this.#fetcher, signal, (body) => consume(decrypted(body, secret, key.iv)));
    } catch (error) {
      if (error instanceof CliptideError && error.code === 'media') this.#keys.forget(key.uri);
      throw error;
    }
  }

  async idle(): Promise<void> {
    await this.#keys.idle();
  }
}
