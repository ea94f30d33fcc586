import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { budgetedClips } from '../../adapters/embedded/budgetedclips.ts';
import { openClipStore } from '../../adapters/embedded/clipstore.ts';
import { openLedger } from '../../adapters/embedded/ledger.ts';
import { createMediaCache } from '../../adapters/fetch/cache.ts';
import { countedFetcher } from '../../adapters/fetch/counted.ts';
import { createFetcher } from '../../adapters/fetch/fetcher.ts';
import { ffmpegAnalyzer } from '../../adapters/ffmpeg/analyzer.ts';
import { locateTool } from '../../adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../adapters/ffmpeg/renderer.ts';
import { playlistAddresses } from '../../adapters/hls/addresses.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { eventsFolder } from '../../domain/ids.ts';
import type { MediaDependencies } from '../../pipeline.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { heuristics } from '../../stages/refine/heuristics.ts';

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

/** Scopes of the quota ledger. */
export const cacheScope = 'cache';
export const clipsScope = 'clips';
export const eventsScope = 'events';

/** What reads remote media, for the cache and for those who watch playlists. */
export async function openFetcher(
  { clock, metrics }: Pick<RuntimeDependencies, 'clock' | 'metrics'>,
  lifecycle: Lifecycle,
): Promise<Fetcher> {
  const fetcher = createFetcher(clock);
  return lifecycle.start('fetcher', () => ({
    value: countedFetcher(fetcher, metrics),
    stop: async () => fetcher.close(),
  }));
}

export interface MediaOptions {
  readonly config: Config;
  readonly folder: string;
  readonly tools: Tools;
  readonly fetcher: Fetcher;
  readonly logger: Logger;
}

export interface OpenMedia extends MediaDependencies {
  /** What of the data folder is used and reserved. */
  readonly ledger: QuotaLedger;
}

/** Ledger, cache, clip store and ffmpeg of a node, over its data folder. */
export async function openMedia(
  options: MediaOptions,
  deps: RuntimeDependencies,
  lifecycle: Lifecycle,
): Promise<OpenMedia> {
  const { config, folder, tools, fetcher, logger } = options;
  const { clock } = deps;
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock });
  await lifecycle.start('quota ledger', () => ({ value: ledger, stop: () => ledger.close() }));
  const shares = sharesOf(config.data.capBytes, config.data.cacheCapBytes);
  await ledger.setCap(cacheScope, shares.cache);
  await ledger.setCap(clipsScope, shares.clips);
  const floorBytes = config.data.freeSpaceFloorBytes;
  const cacheFolder = join(folder, 'cache');
  const cache = await createMediaCache({
    folder: cacheFolder,
    ledger,
    scope: cacheScope,
    fetcher,
    addresses: playlistAddresses(fetcher),
    floorBytes,
    clock,
    logger,
  });
  await lifecycle.start('media cache', () => ({ value: cache, stop: () => cache.close() }));
  const workFolder = join(folder, 'work');
  // What a killed process left half-made is worth nothing.
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true });
  const archive = new ArchiveTable(deps.log, deps.codec);
  return {
    ledger,
    archive,
    ...(config.tail.seconds === 0 ? {} : { tail: { archives: archive, ledger, settings: config.tail } }),
    cache,
    analyzer: ffmpegAnalyzer(tools),
    refiner: heuristics(),
    refineBy: config.refine.by,
    renderer: ffmpegRenderer(tools),
    clips: await openClips(clipsFolder(config, folder), ledger, floorBytes),
    workFolder,
    concurrency: config.concurrency,
  };
}

/** Where the clips are: in the data folder unless the configuration says another place. */
export const clipsFolder = (config: Config, folder: string): string => config.clips.dir ?? join(folder, 'clips');

/** The clip store under its budget; what the disk holds at the start, kept events aside, is what is used. */
async function openClips(folder: string, ledger: QuotaLedger, floorBytes: number): Promise<ClipStore> {
  const store = await openClipStore(folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = join(folder, eventsFolder);
  const files = entries
    .filter((entry) => entry.isFile() && entry.parentPath !== kept)
    .map((entry) => stat(join(entry.parentPath, entry.name)));
  const used = (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
  await ledger.reconcile(clipsScope, used);
  return budgetedClips(store, { ledger, scope: clipsScope, folder, floorBytes });
}
