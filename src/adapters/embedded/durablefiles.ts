import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliptideError } from '../../domain/errors.ts';

/** SHA-256 of a file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Makes what was written to a file, or a folder's list of names, durable. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder below `root`, durably. */
export async function makeFolder(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made !== root && made.length >= first.length; made = dirname(made)) await sync(dirname(made));
}

/** Gives a file its final name unless that is taken; says whether it did. The file itself may stay. */
export async function nameOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (fileCode(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(fileCode(error))) throw error;
  }
  // A file system without hard links: between the look and the renaming another process could come.
  if (await isThere(to)) return false;
  await rename(from, to);
  return true;
}

export async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(fileCode(error))) return false;
    throw error;
  }
}

export function fileCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What the file system reported as a `CliptideError`: `space`, `config`, or `unavailable`. */
export function fileError(error: unknown, where: string): CliptideError {
  if (error instanceof CliptideError) return error;
  const details = { where, cause: error };
  switch (fileCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CliptideError('space', 'the disk is full', { ...details, hint: 'free some space on this disk' });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
      return new CliptideError('config', 'the file cannot be reached or written', {
        ...details,
        hint: 'check that the folder exists and that you may write there',
      });
    default:
      return new CliptideError('unavailable', 'the file system failed', details);
  }
}
