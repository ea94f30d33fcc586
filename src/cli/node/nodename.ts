import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { type HeldName, holdNodeName } from '../../adapters/redis/nodename.ts';
import type { Config } from '../../config/config.ts';
import type { CacheCatalog } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { redisConnection } from './servers.ts';

/**
 * Takes the node's name for a process that keeps media in its data folder: the ledger's scopes of a node count one disk.
 * Undefined where the ledger is the folder's own. Rejects with `config` where another folder has the name.
 */
export async function holdName(
  { config, folder, node }: { readonly config: Config; readonly folder: string; readonly node: string },
  catalog: CacheCatalog,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<HeldName | undefined> {
  const redis = config.cluster?.redis;
  if (redis === undefined) return undefined;
  return holdNodeName({
    connection: redisConnection(redis),
    prefix: redis.prefix,
    node,
    owner: catalog.owner,
    place: `${hostname()}:${resolve(folder)}`,
    neighbours: async () => (await catalog.usage()).owners,
    onWait: (place) => logger.warn('Waiting to see whether the node name is still in use', { node, place }),
    clock,
  });
}
