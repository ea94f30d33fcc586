import type { CatalogUsage } from '../../ports/cachecatalog.ts';
import type { CacheOwners } from './cacheowners.ts';
import type { CacheTables } from './cachetables.ts';

export function catalogUsage(tables: CacheTables, owners: CacheOwners): CatalogUsage {
  const state = tables.state.get();
  const pinned = tables.pinnedBytes.get();
  return {
    objects: Number(state?.objects),
    diskBytes: Number(state?.disk_bytes),
    pinned: { objects: Number(pinned?.objects ?? 0), diskBytes: Number(pinned?.bytes ?? 0) },
    flights: tables.flights.all().map((row) => ({
      key: String(row.key),
      owner: String(row.owner),
      token: Number(row.token),
      sinceMs: Number(row.since_ms),
    })),
    owners: owners.all(),
    channels: tables.channels.all().map((row) => ({
      channelId: row.channel === null ? undefined : String(row.channel),
      objects: Number(row.objects),
      diskBytes: Number(row.bytes),
    })),
  };
}
