import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataConfig } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { clipsScope, eventsScope, nodeScopes } from '../../domain/scopes.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { allocatedBytes } from '../checks/usage.ts';

const block = 512;

export interface StoreParts {
  readonly data: DataConfig;
  /** The data folder. */
  readonly folder: string;
  /** What is used of its scopes is known there; absent where no role of the process needs it. */
  readonly ledger: QuotaLedger | undefined;
  readonly nodeId: string;
}

/**
 * Sizes of what a node keeps, against what they may be. A store that this node does not have is left out; so is
 * everything where it has no folder yet.
 */
export async function measureStores({ data, folder, ledger, nodeId }: StoreParts, metrics: Metrics): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return;
  const disk = await statfs(folder);
  metrics.set('cliptide_disk_free_bytes', disk.bavail * disk.bsize, {});
  metrics.set('cliptide_disk_floor_bytes', data.freeSpaceFloorBytes, {});
  metrics.set('cliptide_data_cap_bytes', data.capBytes, {});
  const set = (store: string, bytes: number): void => metrics.set('cliptide_store_bytes', bytes, { store });
  for (const [store, file] of [
    ['log', 'log.db'],
    ['ledger', 'ledger.db'],
  ] as const) {
    if (names.includes(file)) set(store, await filesBytes(folder, names, file));
  }
  const shares = sharesOf(data.capBytes, data.cacheCapBytes);
  if (names.includes('log.db')) metrics.set('cliptide_store_cap_bytes', shares.log, { store: 'log' });
  if (names.includes('results')) {
    set('results', await allocatedBytes(join(folder, 'results')));
    metrics.set('cliptide_store_cap_bytes', shares.results, { store: 'results' });
  }
  if (ledger === undefined) return;
  const { cache, work } = nodeScopes(nodeId);
  for (const [store, scope] of Object.entries({ cache, work, clips: clipsScope, events: eventsScope })) {
    const { used, reserved, cap } = await ledger.usage(scope);
    set(store, used + reserved);
    metrics.set('cliptide_store_cap_bytes', cap, { store });
  }
}

/** A database with what SQLite keeps beside it. */
async function filesBytes(folder: string, names: readonly string[], file: string): Promise<number> {
  const own = [file, `${file}-wal`, `${file}-shm`].filter((name) => names.includes(name));
  const stats = await Promise.all(own.map((name) => lstat(join(folder, name)).catch(() => undefined)));
  return stats.reduce((sum, stat) => sum + (stat?.blocks ?? 0) * block, 0);
}
