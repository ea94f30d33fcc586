import { statfs } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';

/** A folder of the file system that is written to, and how many bytes of it stay free. */
export interface DiskFloor {
  readonly folder: string;
  readonly floorBytes: number;
  /** Bytes that are reserved and may not be written yet, by whoever writes to this disk: they count as taken. */
  readonly reserved: () => Promise<number>;
  /** Lets so many bytes go that are worth less, if it can; resolves with what became free. Nothing goes unless given. */
  readonly makeRoom?: (bytes: number) => Promise<number>;
}

/** Makes room where so many more bytes would leave less free than the floor; rejects with `space` where there is none. */
export async function mustLeaveFree(
  { folder, floorBytes, reserved, makeRoom }: DiskFloor,
  bytes: number,
): Promise<void> {
  const look = async () => {
    const others = await reserved();
    const { bavail, bsize } = await statfs(folder);
    return { others, free: bavail * bsize, lacking: floorBytes + others + bytes - bavail * bsize };
  };
  let found = await look();
  while (found.lacking > 0 && (await makeRoom?.(found.lacking))) found = await look();
  if (found.lacking <= 0) return;
  const { free, others } = found;
  throw new CliptideError('space', `a file of ${bytes} bytes would leave less free than the floor`, {
    where: folder,
    hint: `free some space, or lower freeSpaceFloorBytes (now ${floorBytes}; free are ${free}, of which ${others} are reserved)`,
  });
}
