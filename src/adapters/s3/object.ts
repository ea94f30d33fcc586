import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { CliptideError, isTransient } from '../../domain/errors.ts';
import type { StoredFile } from '../../ports/clipstore.ts';
import { type Bucket, objectOf } from './bucket.ts';
import { s3Failure, statusOf } from './failures.ts';

/** Name of the metadata that an object's checksum is kept in. */
export const checksumField = 'cliptide-sha256';

/** What the service says of an object; undefined where there is none. Rejects with `corrupt` for one of others. */
export async function describeObject(bucket: Bucket, key: string): Promise<StoredFile | undefined> {
  const where = `${bucket.where}, ${key}`;
  try {
    const { ContentLength: bytes = 0, Metadata } = await bucket.client.send(
      new HeadObjectCommand(objectOf(bucket, key)),
    );
    const sha256 = Metadata?.[checksumField];
    if (sha256 !== undefined) return { key, bytes, sha256 };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw s3Failure(error, where);
  }
  throw new CliptideError('corrupt', 'the object has no checksum of Cliptide', {
    where,
    hint: 'something else has put it there: give Cliptide a prefix of its own (s3.prefix)',
  });
}

const tries = 3;
const pauseMs = 200;

/**
 * Reads an object whole, to a local file or to nowhere, and checks its length and SHA-256. Rejects with `corrupt` when
 * they differ, `media-gone`, or what `s3Failure` says; what breaks off is begun anew, three times in all.
 */
export async function readObject(bucket: Bucket, stored: StoredFile, path?: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(bucket, stored, path);
    } catch (error) {
      const failure = s3Failure(error, `${bucket.where}, ${stored.key}`);
      if (!isTransient(failure) || attempt === tries) throw failure;
      await sleep(pauseMs * attempt);
    }
  }
}

async function readOnce(bucket: Bucket, stored: StoredFile, path: string | undefined): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      hash.update(chunk);
      // More than is expected is wrong already, and there may be no room for it.
      if (bytes > stored.bytes) break;
      yield chunk;
    }
  }
  await pipeline(await bodyOf(bucket, stored.key), counted, sink(path));
  if (bytes === stored.bytes && hash.digest('hex') === stored.sha256) return;
  throw new CliptideError('corrupt', 'what the bucket holds is not what was put there', {
    where: `${bucket.where}, ${stored.key}`,
    hint: 'delete the object; a clip is then rendered again',
  });
}

async function bodyOf(bucket: Bucket, key: string): Promise<Readable> {
  try {
    const { Body } = await bucket.client.send(new GetObjectCommand(objectOf(bucket, key)));
    if (Body instanceof Readable) return Body;
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  throw new CliptideError('media-gone', 'the clip store does not hold this file', { where: key });
}

function sink(path: string | undefined): Writable {
  return path === undefined
    ? new Writable({ write: (_chunk, _encoding, done) => done() })
    : createWriteStream(path, { flags: 'r+', highWaterMark: 1 << 20 });
}
