import { stageNames } from '../../../topology/topics.ts';
import { poster } from '../../adapters/fetch/http/post.ts';
import { webhookNotifier } from '../../adapters/webhook/notifier.ts';
import type { Config } from '../../config/config.ts';
import { userKeyOf } from '../../config/userkey.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { pseudonyms } from '../../domain/pseudonym.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import { type PipelineStage, startPipeline } from '../../pipeline.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MediaCache } from '../../ports/mediacache.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Running, RuntimeDependencies } from '../../runtime/dependencies.ts';
import { type Lifecycle, openWith } from '../../runtime/lifecycle.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import type { IngestDependencies } from '../../stages/ingest/broadcast.ts';
import type { OnRenderFailed } from '../../stages/render/dependencies.ts';
import { openOutput } from '../recording/outputs.ts';
import { clipAddressesOf } from './clipstore.ts';
import { mustHaveSpace } from './freespace.ts';
import { type GivenMedia, nothingGiven, policyOf } from './given.ts';
import { openKept } from './kept.ts';
import { openNodeLedger } from './ledger.ts';
import { locateTools, openFetcher, openMedia } from './media.ts';
import { type OpenResults, openResults } from './results.ts';
import { recordRun } from './runs.ts';
import { configuredModels } from './scorers.ts';
import { openStorage } from './storage.ts';

/** All stages but ingest, which is started by who has the sources. */
export const everyStage: readonly PipelineStage[] = stageNames.filter((name) => name !== 'ingest');

/** A process of Cliptide at work, whatever its log and results are kept in. */
export interface PipelineNode {
  readonly deps: StatefulDependencies;
  readonly ingest: IngestDependencies;
  readonly fetcher: Fetcher;
  readonly clips: ClipStore;
  /** What scores its broadcasts. */
  readonly models: ModelChoice;
  /** Absent where no role needs media. */
  readonly ledger: QuotaLedger | undefined;
  /** The data folder. */
  readonly folder: string;
  /** The stages at work; `done` rejects when one of them failed. */
  readonly stages: Running;
  /** What the node is made of; what is started through it stops before the node's own parts. */
  readonly lifecycle: Lifecycle;
  /** Drains and stops everything, last started first, under the configured deadline. */
  stop(): Promise<void>;
}

/** One process with every role, on embedded parts, over one data folder. */
export interface EmbeddedNode extends PipelineNode {
  readonly ledger: QuotaLedger;
  readonly cache: MediaCache;
  readonly results: OpenResults;
}

export interface NodeOptions {
  readonly config: Config;
  readonly folder: string;
  readonly logger: Logger;
  /** What it counts with; in memory unless given. */
  readonly metrics?: Metrics;
  /** Media that was named to this process; none unless given. */
  readonly given?: GivenMedia;
  readonly onRenderFailed?: OnRenderFailed;
  /** As its stages take it. */
  readonly waitsForSpace?: boolean;
}

/**
 * Opens a data folder, which this process owns from then on, and starts every stage. Rejects with
 * `busy`, `space`, `budget`, or `usage` when it cannot be written.
 */
export const startNode = (options: NodeOptions): Promise<EmbeddedNode> =>
  openWith(options.logger, options.config.shutdownDeadlineMs, (lifecycle) => open(options, lifecycle));

async function open(options: NodeOptions, lifecycle: Lifecycle): Promise<EmbeddedNode> {
  const { folder, logger, metrics, given = nothingGiven, onRenderFailed, waitsForSpace } = options;
  // A ledger that a cluster has in common would take this folder's disk for that of a node of its own.
  const config = { ...options.config, cluster: undefined };
  const tools = await locateTools(config);
  const models = await configuredModels(config);
  const shares = sharesOf(config.data.capBytes, config.data.cacheCapBytes);
  await openDataFolder(folder, config);
  const { partitions, retentionHours } = config.topology;
  const storage = { folder, partitions, retentionHours, maxBytes: shares.log, logger, metrics };
  const deps = { ...(await openStorage(storage, lifecycle)), waitsForSpace };
  const quota = await openNodeLedger({ config, folder }, deps, lifecycle);
  const fetcher = await openFetcher({ config, given }, deps, lifecycle);
  const media = await openMedia({ config, folder, tools, given, fetcher, logger, quota }, deps, lifecycle);
  const results = await openResults({ folder, retentionHours, capBytes: shares.results, clock: deps.clock }, lifecycle);
  const kept = await openKept({ config, folder }, quota, deps.nodeId);
  await lifecycle.start('reconciling', () => quota.reconciler.start());
  const stages = startPipeline(everyStage, {
    ...deps,
    models,
    defaultPresets: config.render.presets,
    ...clipAddressesOf(config),
    media: () => media,
    results: () => results.results,
    kept: () => kept,
    notifier: () => notifierOf(config, deps),
    onRenderFailed,
  });
  // A failure is the business of who waits for `done`; until somebody does it must not end the process.
  stages.done.catch(() => undefined);
  await lifecycle.start('run', () => recordRun(deps, models.forNew('').version));
  await lifecycle.start('stages', () => ({ value: stages, stop: () => stages.stop() }));
  const ingest = { ...deps, pseudonym: pseudonyms(userKeyOf({ ...config, data: { ...config.data, dir: folder } })) };
  const stop = (): Promise<void> => lifecycle.stop(config.shutdownDeadlineMs);
  const { cache, clips, ledger } = media;
  return { deps, ingest, fetcher, models, cache, clips, ledger, folder, results, stages, lifecycle, stop };
}

/** The configured webhooks. */
export function notifierOf(config: Config, deps: RuntimeDependencies): Notifier {
  const endpoints = config.webhooks.map(({ url, secret }) => ({ url, secret: secret.reveal() }));
  // Who configured them meant their places, but not where else their names may lead one day.
  const policy = policyOf(config, { urls: endpoints.map(({ url }) => new URL(url)), paths: [] });
  return webhookNotifier(endpoints, { ...deps, post: poster(policy) });
}

/** Makes the data folder where it is missing. Rejects with `space`, `budget`, or `usage` when it cannot be written. */
export async function openDataFolder(folder: string, config: Config): Promise<void> {
  await mustHaveSpace(folder, config);
  await openOutput(folder, dataFolder);
}

const dataFolder = { what: 'the data folder', hint: 'choose a folder that you can write to, with --data or dataDir' };
