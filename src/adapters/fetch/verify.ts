import { createReadStream } from 'node:fs';
import path from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { CachedObject } from '../../ports/cachecatalog.ts';
import { Checksum } from './checksum.ts';
import { checkContent } from './content/content.ts';
import { removeFile } from './foreign.ts';
import { openCacheFolder } from './opening.ts';
import type { RoomOptions } from './room/room.ts';
import type { Stock } from './stock.ts';

/** What a check of every byte found and put right. */
export interface Verified extends Stock {
  readonly objects: number;
  readonly bytes: number;
  /** Files whose bytes were not those that were written, or no media; they are gone. */
  readonly damaged: number;
  readonly damagedFiles: readonly DamagedFile[];
}

export interface DamagedFile {
  /** In the cache's folder. */
  readonly name: string;
  /** Null where it is not known. */
  readonly channelId: string | null;
}

const page = 100;

/**
 * Compares the folder, the catalog and the ledger, and reads every file against the checksum that it was written with;
 * a file without one is checked by its content and gets one. What is wrong is put right: the disk is the truth for what
 * is there, the checksum for what is good. Other processes may go on meanwhile.
 */
export async function verifyCache(options: RoomOptions, signal: AbortSignal): Promise<Verified> {
  const { stock } = await openCacheFolder(options);
  const found = { objects: 0, bytes: 0 };
  const damagedFiles: DamagedFile[] = [];
  for (let after = ''; ; ) {
    const objects = await options.catalog.objects(after, page);
    for (const object of objects) {
      if (signal.aborted) throw new CliptideError('aborted', 'Stopped while files were checked');
      after = object.key;
      found.objects++;
      found.bytes += object.bytes;
      if ((await isGood(options, object)) || !(await giveUp(options, object))) continue;
      damagedFiles.push({ name: object.name, channelId: object.channelId ?? null });
    }
    if (objects.length < page) return { ...stock, ...found, damaged: damagedFiles.length, damagedFiles };
  }
}

async function isGood({ folder, catalog }: RoomOptions, object: CachedObject): Promise<boolean> {
  const file = path.join(folder, object.name);
  const { bytes, sum } = await readWhole(file);
  if (sum === undefined || bytes !== object.bytes) return false;
  if (object.gmac !== undefined) return sum === object.gmac;
  if (!(await isMedia(file, object))) return false;
  await catalog.summed(object, sum);
  return true;
}

/** Without a checksum where the file is not there, or no file is; it may be evicted at any time. */
async function readWhole(file: string): Promise<{ readonly bytes: number; readonly sum: string | undefined }> {
  const stream = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const sum = new Checksum();
  try {
    for await (const chunk of stream) sum.add(chunk);
    return { bytes: stream.bytesRead, sum: sum.hex() };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR'))
      return { bytes: 0, sum: undefined };
    throw error;
  }
}

/** Bytes of a larger file can't be told from any others. */
async function isMedia(file: string, { bytes, initBytes }: CachedObject): Promise<boolean> {
  if (file.endsWith('.raw')) return true;
  const wanted = initBytes === bytes ? 'init' : 'segment';
  const from = wanted === 'init' ? 0 : initBytes;
  try {
    await checkContent({ path: file, from, to: bytes, isWhole: false, wanted, where: file });
    return true;
  } catch (error) {
    if (error instanceof CliptideError && (error.code === 'media' || error.code === 'unavailable')) return false;
    throw error;
  }
}

/** Whether it was there to be given up: what is evicted meanwhile is not damaged. */
function giveUp({ folder, catalog, ledger, scope }: RoomOptions, object: CachedObject): Promise<boolean> {
  return catalog.settling(async () => {
    const isGone = await catalog.forget(object, () => removeFile(path.join(folder, object.name)));
    if (isGone) await ledger.refund(scope, object.diskBytes);
    return isGone;
  });
}
