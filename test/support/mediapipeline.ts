import { openNodeLedger } from '../../src/cli/node/ledger.ts';
import { locateTools, type OpenMedia, openFetcher, openMedia } from '../../src/cli/node/media.ts';
import { openStorage } from '../../src/cli/node/storage.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startPipeline } from '../../src/pipeline.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Running } from '../../src/runtime/dependencies.ts';
import type { Lifecycle } from '../../src/runtime/lifecycle.ts';
import { toAppend } from '../../src/runtime/records.ts';
import type { Output } from '../../src/runtime/stage.ts';

interface Setup {
  readonly folder: string;
  readonly origin: string;
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly preset: string;
  readonly logger: Logger;
}

/** What makes clips of highlights, over a data folder and nothing else: no results, no webhooks. */
export async function startMediaPipeline({ folder, origin, overrides, preset, logger }: Setup, lifecycle: Lifecycle) {
  const config = loadConfig({ cwd: folder, env: {}, overrides: { dataDir: folder, ...overrides } });
  const deps = await openStorage({ folder, logger }, lifecycle);
  const own = { config, folder, given: { urls: [new URL(origin)], paths: [] }, logger };
  const fetcher = await openFetcher(own, deps, lifecycle);
  const quota = await openNodeLedger(own, deps, lifecycle);
  const tools = await locateTools(config);
  const media: OpenMedia = await openMedia({ ...own, tools, fetcher, quota }, deps, lifecycle);
  const never = (): never => {
    throw new Error('neither results nor webhooks are part of this');
  };
  const stages: Running = startPipeline(['conduct', 'refine', 'render'], {
    ...deps,
    defaultPresets: [preset],
    media: () => media,
    results: never,
    notifier: never,
    kept: never,
  });
  await lifecycle.start('stages', () => ({ value: stages, stop: () => stages.stop() }));
  const append = (outputs: readonly Output[]) => deps.log.append(outputs.map((output) => toAppend(deps.codec, output)));
  return { deps, media, stages, append };
}
