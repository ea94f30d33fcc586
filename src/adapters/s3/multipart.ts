import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CliptideError } from '../../domain/errors.ts';
import type { Bucket, ObjectName } from './bucket.ts';
import { checksumField } from './object.ts';

/** What is larger than a part goes up in parts, of which so many are in memory and on their way at a time. */
export const partBytes = 16 << 20;
const atOnce = 4;
/** Amazon takes no more. */
const mostParts = 10_000;

/** Puts a file in parts; the name is taken, if it is still free, when all of them are there. */
export async function uploadParts(
  { client }: Bucket,
  name: ObjectName,
  file: FileHandle,
  path: string,
  size: number,
): Promise<void> {
  const sha256 = await sha256Of(path);
  const created = await client.send(
    new CreateMultipartUploadCommand({ ...name, ChecksumAlgorithm: 'SHA256', Metadata: { [checksumField]: sha256 } }),
  );
  const upload = { ...name, UploadId: created.UploadId };
  try {
    const Parts = await sendParts(client, upload, file, size, sha256);
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: '*' }));
  } catch (error) {
    // Its parts would be paid for and seen by nobody. Where this fails, too, the bucket's own rule has to.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

type Upload = ObjectName & { readonly UploadId: string | undefined };

async function sendParts(
  client: Bucket['client'],
  upload: Upload,
  file: FileHandle,
  size: number,
  sha256: string,
): Promise<CompletedPart[]> {
  const whole = createHash('sha256');
  const length = Math.max(partBytes, Math.ceil(size / mostParts));
  const parts: CompletedPart[] = [];
  for (let start = 0; start < size; start += atOnce * length) {
    const bodies: Buffer[] = [];
    for (let at = start; at < Math.min(size, start + atOnce * length); at += length) {
      const body = await piece(file, at, Math.min(length, size - at));
      whole.update(body);
      bodies.push(body);
    }
    const sending = bodies.map((body, index) => sendPart(client, upload, parts.length + index + 1, body));
    // All of them even when one fails: a part that comes after the abort would stay.
    await Promise.allSettled(sending);
    parts.push(...(await Promise.all(sending)));
  }
  if (whole.digest('hex') === sha256) return parts;
  throw new CliptideError('corrupt', 'the file changed while it was sent', { hint: 'something else writes to it' });
}

async function sendPart(
  client: Bucket['client'],
  upload: Upload,
  PartNumber: number,
  Body: Buffer,
): Promise<CompletedPart> {
  const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
  const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumSHA256 }));
  return { ETag, PartNumber, ChecksumSHA256 };
}

async function piece(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
