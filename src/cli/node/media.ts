import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { budgetedClips } from '../../adapters/embedded/budgetedclips.ts';
import { openCacheCatalog } from '../../adapters/embedded/cachecatalog.ts';
import { openClipStore } from '../../adapters/embedded/clipstore.ts';
import { createMediaCache } from '../../adapters/fetch/cache.ts';
import { confined } from '../../adapters/fetch/confined.ts';
import { countedFetcher } from '../../adapters/fetch/counted.ts';
import { createFetcher } from '../../adapters/fetch/fetcher.ts';
import { ffmpegAnalyzer } from '../../adapters/ffmpeg/analyzer.ts';
import { locateTool } from '../../adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../adapters/ffmpeg/renderer.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { clipsScope, eventsScope, nodeScopes } from '../../domain/scopes.ts';
import type { MediaDependencies } from '../../pipeline.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { heuristics } from '../../stages/refine/heuristics.ts';
import { type GivenMedia, policyOf, rootsOf } from './given.ts';
import type { NodeLedger } from './ledger.ts';
import { cacheBytesIn, clipBytesIn, eventBytesIn } from './measured.ts';
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
  const { cache: cacheScope } = nodeScopes(deps.nodeId);
  await ledger.setCap(cacheScope, shares.cache);
  await ledger.setCap(clipsScope, shares.clips);
  const floorBytes = config.data.freeSpaceFloorBytes;
  const cacheFolder = join(folder, 'cache');
  reconciler.register({ covers: (scope) => scope === cacheScope, measure: () => cacheBytesIn(cacheFolder) });
  const catalog = await openCacheCatalog({ path: join(folder, 'cache.db'), clock });
  await lifecycle.start('cache catalog', () => ({ value: catalog, stop: () => catalog.close() }));
  const cacheFiles = { folder: cacheFolder, catalog, ledger, scope: cacheScope };
  const cache = await createMediaCache({ ...cacheFiles, fetcher, floorBytes, clock, logger });
  await lifecycle.start('media cache', () => ({ value: cache, stop: () => cache.close() }));
  const workFolder = await openWorkFolder(folder, catalog);
  await lifecycle.start('work folder', () => ({
    value: workFolder,
    stop: () => rm(workFolder, { recursive: true, force: true }),
  }));
  return {
    ledger,
    archive: new ArchiveTable(deps.log, deps.codec),
    cache: confined(cache, rootsOf(config, given)),
    analyzer: ffmpegAnalyzer(tools),
    refiner: heuristics(),
    renderer: ffmpegRenderer(tools),
    clips: await openClips(clipsFolder(config, folder), quota, floorBytes),
    workFolder,
    concurrency: config.concurrency,
  };
}

/** Where the clips are: in the data folder unless the configuration says another place. */
export const clipsFolder = (config: Config, folder: string): string => config.clips.dir ?? join(folder, 'clips');

/** The clip store under its budget; what the disk holds at the start, kept events aside, is what is used. */
async function openClips(folder: string, quota: NodeLedger, floorBytes: number): Promise<ClipStore> {
  const store = await openClipStore(folder);
  measureClips(quota, folder);
  await quota.reconciler.begin(clipsScope);
  return budgetedClips(store, { ledger: quota.ledger, scope: clipsScope, folder, floorBytes });
}

/** Whoever sees the folder of the clips knows what is used of its scopes. */
export function measureClips({ reconciler }: NodeLedger, folder: string): void {
  reconciler.register({ covers: (scope) => scope === clipsScope, measure: () => clipBytesIn(folder) });
  reconciler.register({ covers: (scope) => scope === eventsScope, measure: () => eventBytesIn(folder) });
}
