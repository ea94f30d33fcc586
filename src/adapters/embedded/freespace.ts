import { statfs } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';

/** A folder of the file system that is written to, and how many bytes of it stay free. */
export interface DiskFloor {
  readonly folder: string;
  readonly floorBytes: number;
  /** Bytes that are reserved and may not be written yet, by whoever writes to this disk: they count as taken. */
  readonly reserved: () => Promise<number>;
}

/** Rejects with `space` where so many more bytes would leave less free than the floor. */
export async function mustLeaveFree({ folder, floorBytes, reserved }: DiskFloor, bytes: number): Promise<void> {
  const others = await reserved();
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free - others - bytes >= floorBytes) return;
  throw new CliptideError('space', `a file of ${bytes} bytes would leave less free than the floor`, {
    where: folder,
    hint: `free some space, or lower freeSpaceFloorBytes (now ${floorBytes}; free are ${free}, of which ${others} are reserved)`,
  });
}
