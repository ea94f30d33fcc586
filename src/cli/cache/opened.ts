import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openCacheCatalog } from '../../adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../adapters/embedded/clock.ts';
import type { RoomOptions } from '../../adapters/fetch/room/room.ts';
import type { HeldName } from '../../adapters/redis/nodename.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { CliptideError } from '../../domain/errors.ts';
import { nodeScopes } from '../../domain/scopes.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredLedger } from '../node/ledger.ts';
import { holdName } from '../node/nodename.ts';

/** Opens the cache of the configured data folder beside the processes that use it, for as long as the work takes. */
export async function withCache<T>(
  { config, log }: CommandContext,
  work: (options: RoomOptions) => Promise<T>,
): Promise<T> {
  const { dir, capBytes, cacheCapBytes, freeSpaceFloorBytes: floorBytes } = config.data;
  await mustBeThere(dir);
  const clock = systemClock;
  const folder = join(dir, 'cache');
  await mkdir(folder, { recursive: true });
  const node = config.cluster === undefined ? hostname() : config.node;
  const { cache: cacheScope } = nodeScopes(node);
  const ledger = await openConfiguredLedger(config, clock);
  const catalog = await openCacheCatalog({ path: join(dir, 'cache.db'), clock });
  let name: HeldName | undefined;
  try {
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

/** Each process that has a cache leaves some of these; a folder without any is somebody else's, and stays as it is. */
const marks: readonly string[] = ['cache.db', 'ledger.db', 'log.db', 'scopes.db', 'scopes-redis.db'];

async function mustBeThere(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  if (names.some((name) => marks.includes(name))) return;
  throw new CliptideError('usage', 'there is no data folder here', {
    where: dir,
    hint: 'give the data folder of "cliptide run" or "cliptide live" with --data DIR',
  });
}
