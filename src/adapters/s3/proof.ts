import { createHash, randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CliptideError } from '../../domain/errors.ts';
import { type Bucket, type ObjectName, objectOf } from './bucket.ts';
import { s3Failure, statusOf } from './failures.ts';

/** What was seen of a service that can be used. */
export interface Proof {
  /** Whether it refuses bytes whose SHA-256 is not the one that was sent with them. */
  readonly checksBytes: boolean;
}

/**
 * Tries on an object of its own, which it removes, what a store relies on: that the bucket is there and can be written,
 * and that a name that is taken stays so (`If-None-Match: *`), by one request and in parts. A service that ignores that
 * header would let a second writer replace a clip, silently. Rejects with `config` then, else with what `s3Failure` says.
 */
export async function proveBucket(bucket: Bucket): Promise<Proof> {
  const name = objectOf(bucket, `check-${randomUUID()}`);
  try {
    await put(bucket, name, 'cliptide');
    try {
      await mustBeTaken(bucket, 'PutObject', () => put(bucket, name, 'cliptide'));
      await mustBeTaken(bucket, 'CompleteMultipartUpload', () => putParts(bucket, name));
      const wrong = createHash('sha256').update('other bytes').digest('base64');
      const other = objectOf(bucket, `check-${randomUUID()}`);
      return { checksBytes: await refuses(bucket, other, wrong) };
    } finally {
      await bucket.client.send(new DeleteObjectCommand(name));
    }
  } catch (error) {
    throw s3Failure(error, bucket.where);
  }
}

async function mustBeTaken({ where }: Bucket, operation: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (statusOf(error) === 412) return;
    throw error;
  }
  throw new CliptideError('config', `the service ignores If-None-Match of ${operation}: clips could be replaced`, {
    where,
    hint: 'use a version of the service that honours conditional writes, as Amazon S3 and current MinIO do',
  });
}

async function put({ client }: Bucket, name: ObjectName, Body: string): Promise<void> {
  await client.send(new PutObjectCommand({ ...name, Body, IfNoneMatch: '*' }));
}

async function putParts({ client }: Bucket, name: ObjectName): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(name));
  const upload = { ...name, UploadId };
  try {
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'cliptide' }));
    const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, IfNoneMatch: '*' }));
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** Whether it refuses bytes with a wrong checksum. */
async function refuses({ client }: Bucket, name: ObjectName, ChecksumSHA256: string): Promise<boolean> {
  try {
    await client.send(new PutObjectCommand({ ...name, Body: 'cliptide', ChecksumSHA256 }));
  } catch (error) {
    if (statusOf(error) === 400) return true;
    throw error;
  }
  await client.send(new DeleteObjectCommand(name));
  return false;
}
