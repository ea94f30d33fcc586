import { createCipheriv, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decrypted } from '../../../src/adapters/fetch/decrypt.ts';
import type { FetchedBody } from '../../../src/ports/fetcher.ts';

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const iv = '0f'.repeat(16);

function encrypt(plain: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-cbc', key, Buffer.from(iv, 'hex'));
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** A body in chunks of these sizes, the last one again and again. */
function bodyOf(bytes: Uint8Array, sizes: readonly number[], length: number | undefined = bytes.length): FetchedBody {
  async function* chunks() {
    let at = 0;
    for (let index = 0; at < bytes.length; index += 1) {
      const size = sizes[Math.min(index, sizes.length - 1)] ?? bytes.length;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  return { url: 'https://o.test/s.ts?token=secret', contentType: '', length, skipped: 0, chunks: chunks() };
}

async function read(body: FetchedBody): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of decrypted(body, createSecretKey(key), iv).chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

describe('an encrypted body', () => {
  it('is the plain one, however it is cut into chunks', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), sizes, async (plain, cut) => {
        expect(await read(bodyOf(encrypt(plain), cut))).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('says without any secret what is wrong with its length, its key or its end', async () => {
    const bytes = encrypt(Buffer.alloc(1000, 1));
    const damaged = Buffer.concat([bytes.subarray(0, -16), Buffer.alloc(16, 9)]);
    const outcome = async (body: () => FetchedBody) => {
      try {
        await read(body());
      } catch (error) {
        return error as Error & { code: string };
      }
      throw new Error('was read');
    };
    const seen = await Promise.all([
      outcome(() => bodyOf(bytes.subarray(3), [100])),
      outcome(() => bodyOf(Buffer.alloc(0), [100])),
      outcome(() => bodyOf(damaged, [100])),
      outcome(() => ({ ...bodyOf(bytes.subarray(0, 501), [100]), length: undefined })),
    ]);
    expect(seen.map(({ code }) => code)).toEqual(['media', 'media', 'media', 'unavailable']);
    for (const error of seen) expect(JSON.stringify([error.message, error])).not.toMatch(/secret|00112233/);
  });
});
