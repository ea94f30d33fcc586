import { join } from 'node:path';
import { openKnownScopes } from '../../adapters/embedded/knownscopes.ts';
import { openLedger } from '../../adapters/embedded/ledger.ts';
import { openRedisLedger } from '../../adapters/redis/ledger.ts';
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KnownScopes } from '../../ports/knownscopes.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { gatedLedger } from '../../runtime/gatedledger.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { Reconciler } from '../../runtime/reconciler.ts';
import { redisConnection } from './servers.ts';

/** The one ledger of a process, with what puts it right. */
export interface NodeLedger {
  readonly ledger: QuotaLedger;
  /** Who keeps something in a scope registers how to measure it. */
  readonly reconciler: Reconciler;
  /** For who stops: a ledger that is away, or was lost, is not waited for any more. */
  readonly stopWaiting: () => void;
}

/** The quota ledger for a command that looks at it beside the processes that use it, or puts it right. */
export function openConfiguredLedger(config: Config, clock: Clock): Promise<QuotaLedger> {
  const redis = config.cluster?.redis;
  return redis === undefined
    ? openLedger({ path: join(config.data.dir, 'ledger.db'), clock })
    : openRedisLedger({ connection: redisConnection(redis), prefix: redis.prefix });
}

/** What a data folder remembers of the configured ledger. Rejects with `config`, `corrupt` or `unavailable`. */
export function openFolderMemory({ cluster }: Config, folder: string, clock: Clock): Promise<KnownScopes> {
  const file = cluster?.redis === undefined ? 'scopes.db' : 'scopes-redis.db';
  return openKnownScopes({ path: join(folder, file), clock });
}

/**
 * The quota ledger of a process: in Redis where that is configured, for all scopes, so that nodes have those in common
 * which are no node's; else in the data folder. What the folder remembers of it makes a loss seen. Rejects with
 * `unavailable`, `forbidden`, `config` or `corrupt`.
 */
export async function openNodeLedger(
  { config, folder }: { readonly config: Config; readonly folder: string },
  { clock, logger }: Pick<RuntimeDependencies, 'clock' | 'logger'>,
  lifecycle: Lifecycle,
): Promise<NodeLedger> {
  const redis = config.cluster?.redis;
  const known = await openFolderMemory(config, folder, clock);
  await lifecycle.start('known scopes', () => ({ value: known, stop: () => known.close() }));
  const remote =
    redis === undefined
      ? undefined
      : await openRedisLedger({ connection: redisConnection(redis), prefix: redis.prefix, known });
  const inner = remote ?? (await openLedger({ path: join(folder, 'ledger.db'), clock, known }));
  await lifecycle.start('quota ledger', () => ({ value: inner, stop: () => inner.close() }));
  const reconciler = new Reconciler({ ledger: inner, clock, logger });
  const stopped = new AbortController();
  const stopWaiting = (): void => {
    stopped.abort();
    remote?.stopWaiting();
  };
  return { ledger: gatedLedger(inner, reconciler, clock, stopped.signal), reconciler, stopWaiting };
}
