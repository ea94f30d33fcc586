import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import { formatBytes } from '../bytes.ts';

/**
 * Nothing is written to a disk that is as good as full, not even the folder. `other` is what a person can choose
 * instead. Rejects with `space`.
 */
export async function mustHaveSpace(folder: string, config: Config, other = 'another data folder'): Promise<void> {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const floor = config.data.freeSpaceFloorBytes;
  if (free >= floor) return;
  throw new CliptideError('space', `only ${formatBytes(free)} are free, the floor is ${formatBytes(floor)}`, {
    where: folder,
    hint: `free some space, choose ${other}, or lower freeSpaceFloorBytes`,
  });
}
