import { type Foreign, foreignIn } from '../../adapters/fetch/foreign.ts';
import { Recovery } from '../../adapters/fetch/recover.ts';
import type { RoomOptions } from '../../adapters/fetch/room/room.ts';

interface Amount {
  readonly objects: number;
  readonly diskBytes: number;
}

/** What `cache status` tells; sizes are bytes of whole blocks on the disk. */
export interface CacheStatus extends Foreign {
  readonly capBytes: number;
  /** What the ledger counts. */
  readonly usedBytes: number;
  readonly reservedBytes: number;
  /** Leases that wait for room. */
  readonly waiting: number;
  /** What the catalog knows. */
  readonly objects: number;
  readonly diskBytes: number;
  /** What the ledger counts too much (or, negative, too little); null while it changes. */
  readonly ledgerBytes: number | null;
  readonly pinned: Amount;
  readonly processes: number;
  readonly flights: readonly { readonly key: string; readonly owner: string; readonly seconds: number }[];
  readonly channels: readonly (Amount & { readonly channelId: string | null })[];
}

export async function cacheStatus(options: RoomOptions): Promise<CacheStatus> {
  const { catalog, ledger, scope, clock, folder } = options;
  await new Recovery(options).reap();
  const ledgerBytes = await steadyDifference(options);
  const { objects, diskBytes, pinned, flights, owners, channels } = await catalog.usage();
  const { cap, used, reserved, waiting } = await ledger.usage(scope);
  return {
    capBytes: cap,
    usedBytes: used,
    reservedBytes: reserved,
    waiting,
    objects,
    diskBytes,
    ledgerBytes,
    ...(await foreignIn(folder)),
    pinned,
    // This one does not count.
    processes: owners.length - 1,
    flights: flights.map(({ key, owner, sinceMs }) => ({
      key,
      owner,
      seconds: Math.max(0, Math.round((clock.now() - sinceMs) / 1000)),
    })),
    channels: channels.map(({ channelId, ...amount }) => ({ channelId: channelId ?? null, ...amount })),
  };
}

/** Between two looks: what gets its name, or goes, is in the catalog and the ledger one after the other. */
const secondLookMs = 500;

/** By how much the ledger differs from the catalog and what else lies there, where nothing is fetched and it does so twice. */
async function steadyDifference(options: RoomOptions): Promise<number | null> {
  const first = await difference(options);
  if (first === null || first === 0) return first;
  await options.clock.sleep(secondLookMs);
  return (await difference(options)) === first ? first : null;
}

async function difference({ catalog, ledger, scope, folder }: RoomOptions): Promise<number | null> {
  const { used } = await ledger.usage(scope);
  const { diskBytes, flights } = await catalog.usage();
  const { foreignBytes } = await foreignIn(folder);
  return flights.length > 0 ? null : used - diskBytes - foreignBytes;
}
