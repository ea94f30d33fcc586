import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ownerOf } from '../../adapters/control/client.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Question } from '../../ports/operations.ts';
import type { Results } from '../../ports/results.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import type { CommandContext } from '../context.ts';
import { scopeCaps } from '../node/budget.ts';
import { openClusterStorage } from '../node/cluster.ts';
import { openConfiguredLedger } from '../node/ledger.ts';
import { noDataFolder } from '../node/nofolder.ts';
import { configuredResults, openResults } from '../node/results.ts';
import { openStorage } from '../node/storage.ts';
import { answererOf } from './answerer.ts';

/** Asks whoever can answer. */
export type Ask = (question: Question) => AsyncIterable<object>;

/**
 * Gives `use` somebody to ask: the configured cluster, else the process that owns the data folder, else the folder
 * itself, which this process owns meanwhile. Rejects with `usage` where there is no such folder; with `making`, which is
 * told its path, a folder that is empty or not there is made one.
 */
export async function withAnswers<R>(
  { config, log, signal }: CommandContext,
  use: (ask: Ask) => Promise<R>,
  making?: (folder: string) => void,
): Promise<R> {
  const owner = config.cluster === undefined ? await ownerOf(config.data.dir) : undefined;
  if (owner !== undefined) return use((question) => owner(question, signal));
  const lifecycle = new Lifecycle(log);
  try {
    if (config.cluster === undefined) mustHaveLog(config.data.dir, making);
    const deps = await openLog(config, log, lifecycle);
    const folder = config.cluster === undefined ? config.data.dir : undefined;
    const answer = answererOf({
      deps,
      folder,
      results: () => resultsOf(folder, config, lifecycle),
      ledger: () => openedLedger(config, deps, lifecycle),
      limits: config.budget,
      caps: scopeCaps(config),
      configured: config.configured,
    });
    return await use((question) => answer(question, signal));
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

function openLog(config: Config, logger: Logger, lifecycle: Lifecycle): Promise<StatefulDependencies> {
  const { cluster, data } = config;
  if (cluster !== undefined) return openClusterStorage({ config, cluster, logger, metrics: undefined }, lifecycle);
  const { partitions, retentionHours } = config.topology;
  const { log: maxBytes } = sharesOf(data.capBytes, data.cacheCapBytes);
  return openStorage({ folder: data.dir, partitions, retentionHours, maxBytes, logger }, lifecycle);
}

/** Opened when they are asked for: most questions are not about them. */
async function resultsOf(
  folder: string | undefined,
  config: Config,
  lifecycle: Lifecycle,
): Promise<Results | undefined> {
  if (folder === undefined || !existsSync(join(folder, 'results'))) return undefined;
  return (await openResults(configuredResults(config), lifecycle)).results;
}

/** Opened when it is asked for, too. */
async function openedLedger(
  config: Config,
  { clock }: StatefulDependencies,
  lifecycle: Lifecycle,
): Promise<QuotaLedger> {
  const ledger = await openConfiguredLedger(config, clock);
  return lifecycle.start('quota ledger', () => ({ value: ledger, stop: () => ledger.close() }));
}

function mustHaveLog(folder: string, making: ((folder: string) => void) | undefined): void {
  if (existsSync(join(folder, 'log.db'))) return;
  // What lies in another folder is somebody else's.
  const isFree = !existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0);
  if (making === undefined || !isFree) throw noDataFolder(folder, ', or configure a cluster');
  making(folder);
}
