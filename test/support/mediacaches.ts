import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCacheCatalog } from '../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { createMediaCache } from '../../src/adapters/fetch/cache.ts';
import { collectCache } from '../../src/adapters/fetch/collect.ts';
import { createFetcher } from '../../src/adapters/fetch/http/fetcher.ts';
import type { FetchLimits } from '../../src/adapters/fetch/http/limits.ts';
import { playlistAddresses } from '../../src/adapters/hls/addresses.ts';
import type { CacheCatalog } from '../../src/ports/cachecatalog.ts';
import type { FetchBudget } from '../../src/ports/fetchbudget.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { MediaCache } from '../../src/ports/mediacache.ts';
import type { RoomRecord } from '../../src/ports/roomrecord.ts';
import { openPolicy } from './openpolicy.ts';
import { CountingOrigin } from './origin.ts';

export const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quiet,
};

export const scope = 'node:media-cache';

interface Setup {
  readonly cap?: number;
  readonly floorBytes?: number;
  readonly limits?: Partial<FetchLimits>;
  readonly fetchBudget?: FetchBudget;
  readonly roomRecord?: RoomRecord;
  /** Leases are refused at once what does not fit unless given. */
  readonly maxWaitMs?: number;
}

/** A cache in a fresh folder with its ledger, its fetcher and an origin. */
export async function cacheWorld(setup: Setup = {}) {
  const root = await mkdtemp(path.join(tmpdir(), 'cliptide-cache-'));
  const folder = path.join(root, 'media');
  const origin = await CountingOrigin.start();
  const ledger = await openLedger({ path: path.join(root, 'ledger.sqlite'), clock: systemClock });
  await ledger.setCap(scope, setup.cap ?? 100_000_000);
  const fetcher = createFetcher(systemClock, openPolicy, {
    backoffMs: 1,
    attempts: 3,
    stallMs: 60_000,
    ...setup.limits,
  });
  const opened: { readonly cache: MediaCache; readonly catalog: CacheCatalog }[] = [];
  return {
    root,
    folder,
    origin,
    ledger,
    fetcher,
    usage: () => ledger.usage(scope),
    files: () => readdir(folder),
    catalogPath: path.join(root, 'cache.db'),
    /** Opens the cache, once more for a restart or for another owner. */
    open: async () => {
      const catalog = await openCacheCatalog({ path: path.join(root, 'cache.db'), clock: systemClock });
      const addresses = playlistAddresses(fetcher);
      const options = { folder, catalog, ledger, scope, fetcher, addresses, clock: systemClock, logger: quiet };
      const { floorBytes = 0, maxWaitMs = 0, fetchBudget, roomRecord } = setup;
      const budget = { ...(fetchBudget && { fetchBudget }), ...(roomRecord && { roomRecord }) };
      const cache = await createMediaCache({ ...options, floorBytes, maxWaitMs, ...budget });
      opened.push({ cache, catalog });
      return cache;
    },
    /** Evicts all that is not in use. */
    collect: async () => {
      const catalog = await openCacheCatalog({ path: path.join(root, 'cache.db'), clock: systemClock });
      const options = { folder, catalog, ledger, scope, clock: systemClock, logger: quiet };
      await collectCache({ ...options, floorBytes: 0 }, 0);
      await catalog.close();
    },
    [Symbol.asyncDispose]: async () => {
      for (const { cache } of opened) await cache.close();
      for (const { catalog } of opened) await catalog.close();
      fetcher.close();
      await origin[Symbol.asyncDispose]();
      await ledger.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A cache on a folder that other processes may share, with room for all that a test brings. */
export async function openCacheAt(root: string, limits: Partial<FetchLimits> = {}, floorBytes = 0) {
  const ledger = await openLedger({ path: path.join(root, 'ledger.sqlite'), clock: systemClock });
  await ledger.setCap(scope, 100_000_000_000);
  const fetcher = createFetcher(systemClock, openPolicy, limits);
  const catalog = await openCacheCatalog({ path: path.join(root, 'cache.db'), clock: systemClock });
  const files = { folder: path.join(root, 'media'), catalog, ledger, scope };
  const cache = await createMediaCache({ ...files, fetcher, floorBytes, clock: systemClock, logger: quiet });
  return {
    cache,
    ledger,
    [Symbol.asyncDispose]: async () => {
      await cache.close();
      await catalog.close();
      fetcher.close();
      await ledger.close();
    },
  };
}
