import { stat } from 'node:fs/promises';
import { avroEventsFiles } from '../../adapters/avro/eventsfile.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { MediaDependencies, PipelineDependencies } from '../../pipeline.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Results } from '../../ports/results.ts';
import { type Lifecycle, openWith } from '../../runtime/lifecycle.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import { clipAddressesOf, openStore } from '../node/clipstore.ts';
import { openClusterStorage } from '../node/cluster.ts';
import { nothingGiven } from '../node/given.ts';
import { openNodeLedger } from '../node/ledger.ts';
import { locateTools, openFetcher, openMedia } from '../node/media.ts';
import { notifierOf } from '../node/node.ts';
import { noDataFolder } from '../node/nofolder.ts';
import { openClusterResults, openResults } from '../node/results.ts';
import { openStorage } from '../node/storage.ts';
import { newClipsOnly } from './announced.ts';
import type { CatalogueParts } from './catalogue.ts';

/** What a backfill works with: log, results and kept events of a data folder or a cluster; no stage of them runs. */
export interface BackfillNode {
  /** `run` is the backfill's name. */
  readonly deps: StatefulDependencies;
  readonly results: Results;
  readonly catalogue: CatalogueParts;
  /** Set with clips. */
  readonly clips:
    | ({ readonly media: MediaDependencies; readonly notifier: Notifier } & Pick<PipelineDependencies, 'clipAddress'>)
    | undefined;
  stop(): Promise<void>;
}

export interface BackfillNodeOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly run: string;
  readonly withClips: boolean;
}

/** Rejects with `busy` while `run` or `live` owns the data folder, with `usage` where there is none. */
export const openBackfillNode = (options: BackfillNodeOptions): Promise<BackfillNode> =>
  openWith(options.logger, options.config.shutdownDeadlineMs, (lifecycle) => open(options, lifecycle));

async function open(
  { config, logger, run, withClips }: BackfillNodeOptions,
  lifecycle: Lifecycle,
): Promise<BackfillNode> {
  const folder = config.data.dir;
  const { deps, results } = await (config.cluster === undefined ? embedded : clustered)(config, logger, lifecycle);
  const files = avroEventsFiles(loadSchemas());
  const store = await openStore(config, folder, 'read');
  const own = { ...deps, run };
  const clips = withClips
    ? {
        media: await openOwnMedia(config, logger, deps, lifecycle),
        notifier: await newClipsOnly(notifierOf(config, deps), results),
        ...clipAddressesOf(config),
      }
    : undefined;
  const { log, codec } = deps;
  const stop = (): Promise<void> => lifecycle.stop(config.shutdownDeadlineMs);
  return { deps: own, results, catalogue: { log, codec, files, clips: store, logger }, clips, stop };
}

async function openOwnMedia(
  config: Config,
  logger: Logger,
  deps: StatefulDependencies,
  lifecycle: Lifecycle,
): Promise<MediaDependencies> {
  const own = { config, folder: config.data.dir, given: nothingGiven, logger };
  const tools = await locateTools(config);
  const fetcher = await openFetcher(own, deps, lifecycle);
  const quota = await openNodeLedger(own, deps, lifecycle);
  return openMedia({ ...own, tools, fetcher, quota }, deps, lifecycle);
}

interface Stores {
  readonly deps: StatefulDependencies;
  readonly results: Results;
}

async function embedded(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<Stores> {
  const folder = config.data.dir;
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere) throw noDataFolder(folder);
  const { partitions, retentionHours } = config.topology;
  const { log: maxBytes, results: capBytes } = sharesOf(config.data.capBytes, config.data.cacheCapBytes);
  const deps = await owning(() => openStorage({ folder, partitions, retentionHours, maxBytes, logger }, lifecycle));
  const { results } = await openResults({ folder, retentionHours, capBytes, clock: deps.clock }, lifecycle);
  return { deps, results };
}

/** Log and results of a folder have one owner: who backfills there is it for a while. */
async function owning<R>(step: () => Promise<R>): Promise<R> {
  try {
    return await step();
  } catch (error) {
    const failure = toCliptideError(error);
    if (failure.code !== 'busy') throw error;
    throw new CliptideError('busy', failure.message, {
      ...(failure.where === undefined ? {} : { where: failure.where }),
      hint: 'stop it, backfill, and start it again: it goes on where it was. On a cluster a backfill runs beside it',
      cause: error,
    });
  }
}

async function clustered(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<Stores> {
  const { cluster } = config;
  if (cluster?.clickhouse === undefined) {
    throw new CliptideError('config', 'clickhouse.url is missing: a backfill writes its results there', {
      where: 'the configuration',
      hint: 'set clickhouse.url to what the role record has',
    });
  }
  const deps = await openClusterStorage({ config, cluster, logger, metrics: undefined }, lifecycle);
  return { deps, results: await openClusterResults(cluster, lifecycle) };
}
