import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openClipStore } from '../../adapters/embedded/clipstore.ts';
import { openLedger } from '../../adapters/embedded/ledger.ts';
import { createMediaCache } from '../../adapters/fetch/cache.ts';
import { createFetcher } from '../../adapters/fetch/fetcher.ts';
import { ffmpegAnalyzer } from '../../adapters/ffmpeg/analyzer.ts';
import { locateTool } from '../../adapters/ffmpeg/locate.ts';
import { ffmpegRenderer } from '../../adapters/ffmpeg/renderer.ts';
import type { Config } from '../../config/config.ts';
import type { MediaDependencies } from '../../pipeline.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
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

/** Scope of the media cache in the quota ledger. */
const cacheScope = 'cache';

/** What reads remote media, for the cache and for those who watch playlists. */
export async function openFetcher(clock: Clock, lifecycle: Lifecycle): Promise<Fetcher> {
  const fetcher = createFetcher(clock);
  return lifecycle.start('fetcher', () => ({ value: fetcher, stop: async () => fetcher.close() }));
}

export interface MediaOptions {
  readonly config: Config;
  readonly folder: string;
  readonly tools: Tools;
  readonly fetcher: Fetcher;
  readonly logger: Logger;
}

/** Ledger, cache, clip store and ffmpeg of a node, over its data folder. */
export async function openMedia(
  options: MediaOptions,
  deps: RuntimeDependencies,
  lifecycle: Lifecycle,
): Promise<MediaDependencies> {
  const { config, folder, tools, fetcher, logger } = options;
  const { clock } = deps;
  const ledger = await openLedger({ path: join(folder, 'ledger.db'), clock });
  await lifecycle.start('quota ledger', () => ({ value: ledger, stop: () => ledger.close() }));
  await ledger.setCap(cacheScope, config.data.cacheCapBytes);
  const floorBytes = config.data.freeSpaceFloorBytes;
  const cacheFolder = join(folder, 'cache');
  const cache = await createMediaCache({
    folder: cacheFolder,
    ledger,
    scope: cacheScope,
    fetcher,
    floorBytes,
    clock,
    logger,
  });
  await lifecycle.start('media cache', () => ({ value: cache, stop: () => cache.close() }));
  const workFolder = join(folder, 'work');
  // What a killed process left half-made is worth nothing.
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true });
  return {
    archive: new ArchiveTable(deps.log, deps.codec),
    cache,
    analyzer: ffmpegAnalyzer(tools),
    refiner: heuristics(),
    renderer: ffmpegRenderer(tools),
    clips: await openClipStore(join(folder, 'clips')),
    workFolder,
    concurrency: config.concurrency,
  };
}
