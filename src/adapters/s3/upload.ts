import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Bucket, ObjectName } from './bucket.ts';
import { partBytes, uploadParts } from './multipart.ts';
import { checksumField } from './object.ts';

/**
 * Puts a local file under a name that is still free, and has the service check what it gets by SHA-256. Rejects with the
 * SDK's error (`isTaken` where the name is not free), and with `corrupt` when the file changes meanwhile; nothing is left
 * of it then.
 */
export async function upload(bucket: Bucket, name: ObjectName, path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > partBytes) return await uploadParts(bucket, name, file, path, size);
    const Body = await file.readFile();
    const sha256 = createHash('sha256').update(Body).digest();
    await bucket.client.send(
      new PutObjectCommand({
        ...name,
        Body,
        IfNoneMatch: '*',
        ChecksumSHA256: sha256.toString('base64'),
        Metadata: { [checksumField]: sha256.toString('hex') },
      }),
    );
  } finally {
    await file.close();
  }
}
