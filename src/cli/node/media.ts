import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCacheCatalog } from '../../adapters/embedded/cachecatalog.ts';
import { createMediaCache } from '../../adapters/fetch/cache.ts';
import { confined } from '../../adapters/fetch/confined.ts';
import { countedFetcher } from '../../adapters/fetch/http/counted.ts';
import { createFetcher } from '../../adapters/fetch/http/fetcher.ts';
import { ffmpegAnalyzer } from '../../adapters/ffmpeg/analyzer.ts';
import { locateTool } from '../../adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../adapters/ffmpeg/renderer.ts';
import { playlistAddresses } from '../../adapters/hls/addresses.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { isTailScope, nodeScopes } from '../../domain/scopes.ts';
import type { MediaDependencies } from '../../pipeline.ts';
import type { CacheCatalog } from '../../ports/cachecatalog.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import { fetchBudget } from '../../runtime/budgetfetch.ts';
import { renderBudget } from '../../runtime/budgetrender.ts';
import { roomRecord } from '../../runtime/budgetroom.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { heuristics } from '../../stages/refine/heuristics.ts';
import { budgetParts, openClips } from './budget.ts';
import { type GivenMedia, policyOf, rootsOf } from './given.ts';
import type { NodeLedger } from './ledger.ts';
import { cacheBytesIn } from './measured.ts';
import { holdName } from './nodename.ts';
import { openWorkFolder } from './workfolder.ts';

/** Paths of ffmpeg and ffprobe. */
export interface Tools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** Rejects with `tool` and what to do when one of them is missing. */
export async function locateTools(config: Config): Promise<Tools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', config.tools.ffmpeg),
    locateTool('ffprobe', config.tools.ffprobe),
  ]);
  return { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path };
}

/** What reads remote media, for the cache and for those who watch playlists. */
export async function openFetcher(
  { config, given }: Pick<MediaOptions, 'config' | 'given'>,
  { clock, metrics }: Pick<RuntimeDependencies, 'clock' | 'metrics'>,
  lifecycle: Lifecycle,
): Promise<Fetcher> {
  const fetcher = createFetcher(clock, policyOf(config, given));
  return lifecycle.start('fetcher', () => ({
    value: countedFetcher(fetcher, metrics),
    stop: async () => fetcher.close(),
  }));
}

export interface MediaOptions {
  readonly config: Config;
  readonly folder: string;
  readonly tools: Tools;
  readonly given: GivenMedia;
  readonly fetcher: Fetcher;
  readonly logger: Logger;
  readonly quota: NodeLedger;
}

export interface OpenMedia extends MediaDependencies {
  /** What of the data folder is used and reserved. */
  readonly ledger: QuotaLedger;
  /** Rejects when a process of another data folder has the node's name. */
  readonly nameLost?: Promise<never>;
}

/** Cache, clip store and ffmpeg of a node, over its data folder. */
export async function openMedia(
  options: MediaOptions,
  deps: RuntimeDependencies,
  lifecycle: Lifecycle,
): Promise<OpenMedia> {
  const { config, folder, tools, given, fetcher, logger, quota } = options;
  const { ledger, reconciler } = quota;
  const { clock } = deps;
  const shares = sharesOf(config.data.capBytes, config.data.cacheCapBytes);
  const scopes = nodeScopes(deps.nodeId);
  const { catalog, ...nameLost } = await openCatalog(options, deps, lifecycle);
  await ledger.setCap(scopes.cache, shares.cache);
  await ledger.setCap(scopes.work, shares.work);
  const floorBytes = config.data.freeSpaceFloorBytes;
  const cacheFolder = join(folder, 'cache');
  reconciler.register({ covers: (scope) => scope === scopes.cache, measure: () => cacheBytesIn(cacheFolder) });
  // The files of renders are in none: they go before what was reserved for them does.
  reconciler.register({ covers: (scope) => scope === scopes.work, measure: async () => 0 });
  reconciler.register({ covers: isTailScope, measure: async () => 0 });
  const budget = budgetParts(config, ledger, deps);
  const cacheFiles = { folder: cacheFolder, catalog, ledger, scope: scopes.cache };
  const budgets = { fetchBudget: fetchBudget(budget), roomRecord: roomRecord(budget) };
  const origin = { fetcher, addresses: playlistAddresses(fetcher) };
  const cache = await createMediaCache({ ...cacheFiles, ...budgets, ...origin, floorBytes, clock, logger });
  await lifecycle.start('media cache', () => ({ value: cache, stop: () => cache.close() }));
  const workFolder = await openWorkFolder(folder, catalog);
  await lifecycle.start('work folder', () => ({
    value: workFolder,
    stop: () => rm(workFolder, { recursive: true, force: true }),
  }));
  const archive = new ArchiveTable(deps.log, deps.codec);
  return {
    ledger,
    ...nameLost,
    budget: renderBudget(budget),
    archive,
    ...(config.tail.seconds === 0 ? {} : { tail: { archives: archive, ledger, settings: config.tail } }),
    ...(config.review.hours === 0 ? {} : { review: config.review }),
    cache: confined(cache, rootsOf(config, given)),
    analyzer: ffmpegAnalyzer(tools),
    refiner: heuristics(),
    refineBy: config.refine.by,
    renderer: ffmpegRenderer(tools),
    clips: await openClips({ config, folder, evict: (bytes) => cache.evict(bytes) }, budget, reconciler, lifecycle),
    workFolder,
    concurrency: config.concurrency,
  };
}

/** The cache's catalog, under the node's name. */
async function openCatalog(
  { config, folder, logger }: MediaOptions,
  { clock, nodeId: node }: RuntimeDependencies,
  lifecycle: Lifecycle,
): Promise<{ readonly catalog: CacheCatalog; readonly nameLost?: Promise<never> }> {
  const catalog = await openCacheCatalog({ path: join(folder, 'cache.db'), clock });
  await lifecycle.start('cache catalog', () => ({ value: catalog, stop: () => catalog.close() }));
  const name = await holdName({ config, folder, node }, catalog, { clock, logger });
  if (name === undefined) return { catalog };
  await lifecycle.start('node name', () => ({ value: name, stop: () => name.release() }));
  return { catalog, nameLost: name.lost };
}
