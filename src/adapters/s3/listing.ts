import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { ListedFile } from '../../ports/clipstore.ts';
import { type Bucket, objectOf } from './bucket.ts';

/** The objects directly below a key, oldest first; the service may tell times by the second only. */
export async function listObjects(bucket: Bucket, folder: string): Promise<ListedFile[]> {
  const { Bucket, Key } = objectOf(bucket, folder);
  const pages = paginateListObjectsV2({ client: bucket.client }, { Bucket, Prefix: `${Key}/`, Delimiter: '/' });
  const files: ListedFile[] = [];
  for await (const { Contents = [] } of pages) {
    for (const { Key: name = '', Size: bytes = 0, LastModified } of Contents) {
      files.push({ key: `${folder}${name.slice(Key.length)}`, bytes, storedAtMs: LastModified?.getTime() ?? 0 });
    }
  }
  return files.sort((a, b) => a.storedAtMs - b.storedAtMs || (a.key < b.key ? -1 : 1));
}
