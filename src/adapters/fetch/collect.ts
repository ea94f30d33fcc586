import { openCacheFolder } from './opening.ts';
import { lowWaterOf, type RoomOptions } from './room/room.ts';
import type { Stock } from './stock.ts';

export interface Collected extends Stock {
  readonly freedBytes: number;
}

/**
 * Evicts what is not in use, down to so many bytes on the disk or to the low-water mark of the cap, after taking stock.
 */
export async function collectCache(options: RoomOptions, toBytes: number | undefined): Promise<Collected> {
  const { stock, room } = await openCacheFolder(options);
  const { cap, used } = await options.ledger.usage(options.scope);
  const freedBytes = await room.evict(Math.max(0, used - (toBytes ?? lowWaterOf(cap))));
  return { ...stock, freedBytes };
}
