import { statfs } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';

/** A folder of the file system that is written to, and how many bytes of it stay free. */
export interface DiskFloor {
  readonly folder: string;
  readonly floorBytes: number;
}

/** Rejects with `space` where so many more bytes would leave less free than the floor. */
export async function mustLeaveFree({ folder, floorBytes }: DiskFloor, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free - bytes >= floorBytes) return;
  throw new CliptideError('space', `a file of ${bytes} bytes would leave less free than the floor`, {
    where: folder,
    hint: `free some space, or lower freeSpaceFloorBytes (now ${floorBytes}; free are ${free})`,
  });
}
