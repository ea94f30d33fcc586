import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { BucketOptions } from '../../src/adapters/s3/bucket.ts';
import { S3ClipStore, type S3StoreOptions } from '../../src/adapters/s3/store.ts';
import { Meddler } from './s3meddler.ts';

const credentials = { accessKeyId: 'test-key', secretAccessKey: 'test-secret-that-is-never-shown' };

/** A bucket of a test's own on a real server, and stores in it. */
export class S3Bucket {
  readonly name = `test-${randomUUID()}`;
  readonly client: S3Client;
  readonly options: BucketOptions;
  /** Where stores have their local copies. */
  readonly folder = mkdtempSync(join(tmpdir(), 'cliptide-s3-'));

  private constructor(endpoint: string) {
    const region = 'us-east-1';
    this.options = { endpoint, region, bucket: this.name, prefix: 'of/cliptide', pathStyle: true, credentials };
    this.client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  }

  static async make(endpoint: string): Promise<S3Bucket> {
    const bucket = new S3Bucket(endpoint);
    await bucket.client.send(new CreateBucketCommand({ Bucket: bucket.name }));
    return bucket;
  }

  /** A store in it; `endpoint` may be that of something between it and the server. */
  store(changes: Partial<S3StoreOptions> = {}, endpoint = this.options.endpoint): S3ClipStore {
    const copies = { folder: join(this.folder, 'copies'), capBytes: 200 << 20, floorBytes: 0 };
    const bucket = { ...this.options, ...(endpoint === undefined ? {} : { endpoint }) };
    return new S3ClipStore({ bucket, copies, linkSeconds: 0, ...changes });
  }

  /** Names of all objects, and of uploads that were begun and not ended. */
  async holds(): Promise<{ readonly objects: readonly string[]; readonly uploads: readonly string[] }> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.name }));
    const { Uploads = [] } = await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.name }));
    return { objects: Contents.map(({ Key = '' }) => Key), uploads: Uploads.map(({ Key = '' }) => Key) };
  }

  close(): void {
    this.client.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A bucket, a store that reaches it through a meddler at `url`, and a file of five bytes. */
export class MeddledBucket {
  readonly bucket: S3Bucket;
  readonly meddler: Meddler;
  readonly url: string;
  readonly store: S3ClipStore;
  readonly movie: string;

  private constructor(bucket: S3Bucket, meddler: Meddler, url: string) {
    this.bucket = bucket;
    this.meddler = meddler;
    this.url = url;
    this.store = bucket.store({}, url);
    this.movie = join(bucket.folder, 'movie');
    writeFileSync(this.movie, 'movie');
  }

  static async make(endpoint: string): Promise<MeddledBucket> {
    const meddler = new Meddler(endpoint);
    return new MeddledBucket(await S3Bucket.make(endpoint), meddler, await meddler.listen());
  }

  async close(): Promise<void> {
    await this.meddler.close();
    this.bucket.close();
  }
}
