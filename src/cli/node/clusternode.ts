import { stages } from '../../../topology/graph.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import type { RoleName } from '../../config/keys.ts';
import { CliptideError } from '../../domain/errors.ts';
import { pseudonyms } from '../../domain/pseudonym.ts';
import { startPipeline } from '../../pipeline.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { Running } from '../../runtime/dependencies.ts';
import { type Lifecycle, openWith } from '../../runtime/lifecycle.ts';
import { clipAddressesOf, openStore } from './clipstore.ts';
import { openClusterStorage } from './cluster.ts';
import { nothingGiven } from './given.ts';
import { openKept } from './kept.ts';
import { openNodeLedger } from './ledger.ts';
import { locateTools, openFetcher, openMedia } from './media.ts';
import { everyStage, type NodeOptions, notifierOf, openDataFolder, type PipelineNode } from './node.ts';
import { openClusterResults } from './results.ts';
import { recordRun } from './runs.ts';
import { configuredModels } from './scorers.ts';

/** One process of a cluster, with the configured roles. Rejects with `config` for what a role lacks. */
export const startClusterNode = (options: NodeOptions, cluster: ClusterConfig): Promise<PipelineNode> =>
  openWith(options.logger, options.config.shutdownDeadlineMs, (lifecycle) => open(options, cluster, lifecycle));

async function open(
  { config, folder, logger, metrics, given = nothingGiven, waitsForSpace }: NodeOptions,
  cluster: ClusterConfig,
  lifecycle: Lifecycle,
): Promise<PipelineNode> {
  const own = everyStage.filter((stage) => config.roles.includes(stages[stage].role));
  mustHaveKeys(config, cluster);
  const models = await configuredModels(config);
  await openDataFolder(folder, config);
  const deps = { ...(await openClusterStorage({ config, cluster, logger, metrics }, lifecycle)), waitsForSpace };
  const fetcher = await openFetcher({ config, given }, deps, lifecycle);
  const needsMedia = own.some((stage) => stage === 'refine' || stage === 'render');
  const quota =
    needsMedia || own.includes('keep') ? await openNodeLedger({ config, folder }, deps, lifecycle) : undefined;
  const all = { config, folder, given, fetcher, logger };
  const media =
    needsMedia && quota
      ? await openMedia({ ...all, tools: await locateTools(config), quota }, deps, lifecycle)
      : undefined;
  const results = own.includes('record') ? await openClusterResults(cluster, lifecycle) : undefined;
  const kept = own.includes('keep') && quota ? await openKept({ config, folder }, quota, deps.nodeId) : undefined;
  if (quota !== undefined) await lifecycle.start('reconciling', () => quota.reconciler.start());
  const started = startPipeline(own, {
    ...deps,
    models,
    defaultPresets: config.render.presets,
    ...clipAddressesOf(config),
    media: () => opened(media, 'media'),
    results: () => opened(results, 'results'),
    kept: () => opened(kept, 'kept events'),
    notifier: () => notifierOf(config, deps),
  });
  const running = media?.nameLost === undefined ? started : endedBy(media.nameLost, started);
  running.done.catch(() => undefined);
  await lifecycle.start('run', () => recordRun(deps, models.forNew('').version));
  await lifecycle.start('stages', () => ({ value: running, stop: () => running.stop() }));
  // The first to stop: what is at work has several things to settle, each of which would wait for a ledger that is away.
  await lifecycle.start('patience', () => ({ value: undefined, stop: async () => quota?.stopWaiting() }));
  const clips: ClipStore = media?.clips ?? (await openStore(config, folder, 'read'));
  const pseudonym = pseudonyms(config.userKey?.reveal() ?? '');
  const ingest = { ...deps, pseudonym };
  const stop = (): Promise<void> => lifecycle.stop(config.shutdownDeadlineMs);
  return { deps, ingest, fetcher, models, clips, ledger: quota?.ledger, folder, stages: running, lifecycle, stop };
}

/** What roles need of the configuration that a single process could make up for itself. */
function mustHaveKeys(config: Config, cluster: ClusterConfig): void {
  const { roles } = config;
  if (roles.includes('record') && cluster.clickhouse === undefined) throw lacks('clickhouse.url', 'record');
  if (roles.includes('ingest') && config.userKey === undefined) throw lacks('userKey', 'ingest');
}

/** For what a role cannot do its work without. */
export const lacks = (key: string, role: RoleName): CliptideError =>
  new CliptideError('config', `${key} is missing: the role ${role} needs it in a cluster`, {
    where: 'the configuration',
    hint: `set ${key}, or give the role to another process (roles)`,
  });

/** What goes on under a name that it lost would be counted as another folder's. */
const endedBy = (lost: Promise<never>, running: Running): Running => ({
  ...running,
  done: Promise.race([running.done, lost]),
});

function opened<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new CliptideError('internal', `${name} were not opened`);
  return part;
}
