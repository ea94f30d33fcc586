import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { keySegments } from '../../domain/clipkey.ts';
import { CliptideError } from '../../domain/errors.ts';
import type { ClipStore, ListedFile, PutOptions, StoredFile } from '../../ports/clipstore.ts';
import { type Bucket, type BucketOptions, bucketOf, objectOf } from './bucket.ts';
import { Copies, type CopiesOptions } from './copies.ts';
import { isTaken, s3Failure } from './failures.ts';
import { listObjects } from './listing.ts';
import { describeObject, readObject } from './object.ts';
import { type Proof, proveBucket } from './proof.ts';
import { upload } from './upload.ts';

export interface S3StoreOptions {
  readonly bucket: BucketOptions;
  readonly copies: CopiesOptions;
  /** How long a link to a file is good for; 0 gives none. */
  readonly linkSeconds: number;
}

const tries = 3;

/** A clip store in a bucket of an S3-compatible service. Nothing is asked of it before the first call. */
export class S3ClipStore implements ClipStore {
  readonly link?: (key: string) => Promise<string>;
  readonly #bucket: Bucket;
  readonly #copies: Copies;
  #proof: Promise<Proof> | undefined;

  constructor({ bucket, copies, linkSeconds }: S3StoreOptions) {
    this.#bucket = bucketOf(bucket);
    this.#copies = new Copies(copies);
    if (linkSeconds > 0) this.link = (key) => this.#link(key, linkSeconds);
  }

  /** Makes sure that the bucket can be relied on; `put` does, too. Rejects like `proveBucket`. */
  prove(): Promise<Proof> {
    this.#proof ??= proveBucket(this.#bucket).catch((error: unknown) => {
      this.#proof = undefined;
      throw error;
    });
    return this.#proof;
  }

  async put(key: string, path: string, { landing, taken }: PutOptions = {}): Promise<StoredFile> {
    keySegments(key);
    const { checksBytes } = await this.prove();
    const first = await describeObject(this.#bucket, key);
    if (first !== undefined) return first;
    await landing?.();
    for (let attempt = 1; attempt <= tries; attempt++) {
      const isOurs = await this.#upload(key, path);
      const stored = await describeObject(this.#bucket, key);
      if (stored === undefined) continue;
      if (!isOurs) await taken?.();
      if (isOurs && !checksBytes) await this.#readBack(stored);
      return stored;
    }
    throw new CliptideError('unavailable', 'the service says that the name is taken, and holds nothing there', {
      where: `${this.#bucket.where}, ${key}`,
    });
  }

  stat(key: string): Promise<StoredFile | undefined> {
    return this.#checked(key, () => describeObject(this.#bucket, key));
  }

  open(key: string): Promise<string> {
    return this.#checked(key, async () => {
      const stored = await describeObject(this.#bucket, key);
      if (stored !== undefined) return this.#copies.open(stored, (path) => readObject(this.#bucket, stored, path));
      throw new CliptideError('media-gone', 'the clip store does not hold this file', { where: key });
    });
  }

  delete(key: string): Promise<boolean> {
    return this.#checked(key, async () => {
      const stored = await describeObject(this.#bucket, key).catch(() => undefined);
      if (stored !== undefined) await this.#copies.drop(stored);
      await this.#bucket.client.send(new DeleteObjectCommand(objectOf(this.#bucket, key)));
      return stored !== undefined;
    });
  }

  list(folder: string): Promise<readonly ListedFile[]> {
    return this.#checked(folder, () => listObjects(this.#bucket, folder));
  }

  #link(key: string, expiresIn: number): Promise<string> {
    const command = (): GetObjectCommand => new GetObjectCommand(objectOf(this.#bucket, key));
    return this.#checked(key, () => getSignedUrl(this.#bucket.client, command(), { expiresIn }));
  }

  /** Says whether it was this file that got the name. */
  async #upload(key: string, path: string): Promise<boolean> {
    try {
      await upload(this.#bucket, objectOf(this.#bucket, key), path);
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw s3Failure(error, `${this.#bucket.where}, ${key}`);
    }
  }

  /** For a service that takes any bytes: what it holds is compared with what was sent, and goes when it differs. */
  async #readBack(stored: StoredFile): Promise<void> {
    try {
      await readObject(this.#bucket, stored);
    } catch (error) {
      if (error instanceof CliptideError && error.code === 'corrupt') await this.delete(stored.key);
      throw error;
    }
  }

  /** Checks a key before anything is done with it, and puts failures in our words. */
  async #checked<R>(key: string, step: () => Promise<R>): Promise<R> {
    keySegments(key);
    try {
      return await step();
    } catch (error) {
      throw s3Failure(error, `${this.#bucket.where}, ${key}`);
    }
  }
}
