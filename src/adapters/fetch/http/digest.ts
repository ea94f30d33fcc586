import { createHash, type Hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A hash that an answer's head gives of the body as it is sent. */
export class BodyDigest {
  readonly #hash: Hash;
  readonly #expected: Buffer;
  /** The header that gave it, for people. */
  readonly header: string;

  constructor(header: string, algorithm: 'sha256' | 'md5', expected: Buffer) {
    this.header = header;
    this.#hash = createHash(algorithm);
    this.#expected = expected;
  }

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  /** To be asked once, after the last byte. */
  matches(): boolean {
    return this.#hash.digest().equals(this.#expected);
  }
}

/**
 * The strongest hash that can be checked while the body arrives: Content-Digest and Repr-Digest (RFC 9530, sha-256),
 * S3's checksum, Content-MD5 (RFC 1864). All but the first are of the whole resource, so they say nothing of a part.
 */
export function digestOf(headers: IncomingHttpHeaders, isPart: boolean): BodyDigest | undefined {
  const names = isPart ? ['content-digest'] : ['content-digest', 'repr-digest', 'x-amz-checksum-sha256', 'content-md5'];
  for (const name of names) {
    const value = headers[name];
    if (typeof value !== 'string') continue;
    const algorithm = name === 'content-md5' ? 'md5' : 'sha256';
    const encoded = name.endsWith('-digest') ? /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]+=*):/i.exec(value)?.[1] : value;
    const expected = Buffer.from(encoded ?? '', 'base64');
    // S3 writes the checksum of an upload in parts as "hash-N", which is none of the bytes.
    const isHash = expected.length === (algorithm === 'md5' ? 16 : 32) && !encoded?.includes('-');
    if (isHash) return new BodyDigest(name, algorithm, expected);
  }
  return undefined;
}
