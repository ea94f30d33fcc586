import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openCacheCatalog } from '../../adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../adapters/embedded/clock.ts';
import type { RoomOptions } from '../../adapters/fetch/room/room.ts';
import type { HeldName } from '../../adapters/redis/nodename.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { nodeScopes } from '../../domain/scopes.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredLedger, openFolderMemory } from '../node/ledger.ts';
import { holdName } from '../node/nodename.ts';
import { noDataFolder } from '../node/nofolder.ts';
import { keeperOf, mustKeep } from './keeper.ts';

/**
 * Opens the cache of the configured data folder beside the processes that use it, for as long as the work takes. Rejects
 * with `usage` where the node that was `asked` for by name does not keep it.
 */
export async function withCache<T>(
  { config, log }: CommandContext,
  asked: string | undefined,
  work: (options: RoomOptions) => Promise<T>,
): Promise<T> {
  const { dir, capBytes, cacheCapBytes, freeSpaceFloorBytes: floorBytes } = config.data;
  await mustBeThere(dir);
  const node = keeperOf(config, asked);
  const clock = systemClock;
  const folder = join(dir, 'cache');
  await mkdir(folder, { recursive: true });
  const { cache: cacheScope } = nodeScopes(node);
  const ledger = await openConfiguredLedger(config, clock);
  const catalog = await openCacheCatalog({ path: join(dir, 'cache.db'), clock });
  let name: HeldName | undefined;
  try {
    if (config.cluster !== undefined) await mustKeepHere(config, node, ledger);
    // Else the ledger of another folder's cache would be set by this one.
    name = await holdName({ config, folder: dir, node }, catalog, { clock, logger: log });
    // The cap that a process runs with stands; a ledger without one is new.
    const { cap } = await ledger.usage(cacheScope);
    if (cap === 0) await ledger.setCap(cacheScope, sharesOf(capBytes, cacheCapBytes).cache);
    return await work({ folder, catalog, ledger, scope: cacheScope, floorBytes, clock, logger: log });
  } finally {
    await name?.release();
    await catalog.close();
    await ledger.close();
  }
}

async function mustKeepHere(config: Config, node: string, ledger: QuotaLedger): Promise<void> {
  const known = await openFolderMemory(config, config.data.dir, systemClock);
  try {
    await mustKeep(node, { known, ledger });
  } finally {
    await known.close();
  }
}

/** Each process that has a cache leaves some of these; a folder without any is somebody else's, and stays as it is. */
const marks: readonly string[] = ['cache.db', 'ledger.db', 'log.db', 'scopes.db', 'scopes-redis.db'];

async function mustBeThere(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  if (names.some((name) => marks.includes(name))) return;
  throw noDataFolder(dir);
}
