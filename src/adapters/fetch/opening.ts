import { mkdir } from 'node:fs/promises';
import { Recovery } from './recover.ts';
import { CacheRoom, type RoomOptions } from './room/room.ts';
import { type Stock, takeStock } from './stock.ts';

/** The folder of a cache, ready for use. */
export interface CacheFolder {
  readonly room: CacheRoom;
  readonly recovery: Recovery;
  /** What was put right. */
  readonly stock: Stock;
}

/** Makes the folder where it is missing, ends what dead processes left, and takes stock. */
export async function openCacheFolder(options: RoomOptions): Promise<CacheFolder> {
  await mkdir(options.folder, { recursive: true });
  const recovery = new Recovery(options);
  await recovery.reap();
  const stock = await takeStock(options);
  return { room: new CacheRoom(options, recovery), recovery, stock };
}
