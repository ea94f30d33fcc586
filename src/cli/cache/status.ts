import { type Foreign, foreignIn } from '../../adapters/fetch/foreign.ts';
import { Recovery } from '../../adapters/fetch/recover.ts';
import type { RoomOptions } from '../../adapters/fetch/room/room.ts';
import { lookOver } from '../../adapters/fetch/stock.ts';

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
  /** Of these, files that are not in the folder. */
  readonly missing: number;
  /** What the ledger counts too much (or, negative, too little), by what is in the folder; null while it changes. */
  readonly ledgerBytes: number | null;
  readonly pinned: Amount;
  readonly processes: number;
  readonly flights: readonly { readonly key: string; readonly owner: string; readonly seconds: number }[];
  readonly channels: readonly (Amount & { readonly channelId: string | null })[];
}

export async function cacheStatus(options: RoomOptions): Promise<CacheStatus> {
  const { catalog, ledger, scope, clock, folder } = options;
  await new Recovery(options).reap();
  const differences = await steadyDifferences(options);
  const { objects, diskBytes, pinned, flights, owners, channels } = await catalog.usage();
  const { cap, used, reserved, waiting } = await ledger.usage(scope);
  return {
    capBytes: cap,
    usedBytes: used,
    reservedBytes: reserved,
    waiting,
    objects,
    diskBytes,
    ...differences,
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

/** Between two looks: what gets its name, or goes, is in the folder, the catalog and the ledger one after the other. */
const secondLookMs = 500;

interface Differences {
  readonly missing: number;
  readonly ledgerBytes: number | null;
}

/** What differs in the same way twice. */
async function steadyDifferences(options: RoomOptions): Promise<Differences> {
  const first = await lookOver(options);
  if (first.missing.length === 0 && (first.ledgerBytes ?? 0) === 0) return { ...first, missing: 0 };
  await options.clock.sleep(secondLookMs);
  const second = await lookOver(options);
  const before = new Set(first.missing.map(({ name }) => name));
  return {
    missing: second.missing.filter(({ name }) => before.has(name)).length,
    ledgerBytes: second.ledgerBytes === first.ledgerBytes ? first.ledgerBytes : null,
  };
}
