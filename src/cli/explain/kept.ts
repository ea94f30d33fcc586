import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { avroEventsFiles } from '../../adapters/avro/eventsfile.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import type { Config } from '../../config/config.ts';
import { sharesOf } from '../../domain/budgets.ts';
import { toCliptideError } from '../../domain/errors.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import type { ReplaySource } from '../../runtime/replay/source.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import { type EndedBroadcast, endedBroadcasts } from '../backfill/catalogue.ts';
import type { CommandContext } from '../context.ts';
import { clipsFolder, openStore } from '../node/clipstore.ts';
import { openClusterStorage } from '../node/cluster.ts';
import { openStorage } from '../node/storage.ts';

/** The events of a broadcast that has ended, or why they are not at hand. */
export type KeptEvents =
  | { readonly from: 'file' | 'topic'; readonly source: ReplaySource; readonly codec: StatefulDependencies['codec'] }
  | { readonly from: 'nowhere'; readonly why: string };

/**
 * Gives `use` the events of a broadcast: its file, which needs no owner, else the log, which this process owns
 * meanwhile unless it is a cluster's.
 */
export async function withKeptEvents<R>(
  streamId: string,
  context: CommandContext,
  use: (events: KeptEvents) => Promise<R>,
): Promise<R> {
  const { config, log: logger } = context;
  const lifecycle = new Lifecycle(logger);
  try {
    const passing = await openStorage({ folder: undefined, partitions: 1, logger }, lifecycle);
    const hasClips = config.clips.s3 !== undefined || existsSync(clipsFolder(config, config.data.dir));
    const filed = hasClips ? await find(streamId, passing, context) : undefined;
    if (filed?.source !== undefined) return await use({ from: 'file', source: filed.source, codec: passing.codec });
    const deps = await openLog(context, lifecycle);
    if (typeof deps === 'string') return await use({ from: 'nowhere', why: deps });
    const logged = await find(streamId, deps, context);
    if (logged?.source !== undefined) return await use({ from: 'topic', source: logged.source, codec: deps.codec });
    const why = logged === undefined ? 'its broadcast has not ended' : 'the events of its broadcast are gone';
    return await use({ from: 'nowhere', why });
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

async function find(
  streamId: string,
  { log, codec }: StatefulDependencies,
  { config, log: logger }: CommandContext,
): Promise<EndedBroadcast | undefined> {
  const clips = await openStore(config, config.data.dir, 'read');
  const files = avroEventsFiles(loadSchemas());
  return (await endedBroadcasts({ log, codec, files, clips, logger })).get(streamId);
}

/** The log, or why there is none to be read. */
async function openLog({ config, log: logger }: CommandContext, lifecycle: Lifecycle) {
  const { cluster } = config;
  if (cluster !== undefined) return openClusterStorage({ config, cluster, logger, metrics: undefined }, lifecycle);
  if (!existsSync(join(config.data.dir, 'log.db'))) return 'there is no log here any more';
  try {
    return await openOwnLog(config, logger, lifecycle);
  } catch (error) {
    if (toCliptideError(error).code !== 'busy') throw error;
    return 'there is no file of its broadcast (yet), and another process works on the log';
  }
}

function openOwnLog(config: Config, logger: CommandContext['log'], lifecycle: Lifecycle) {
  const { partitions, retentionHours } = config.topology;
  const { log: maxBytes } = sharesOf(config.data.capBytes, config.data.cacheCapBytes);
  return openStorage({ folder: config.data.dir, partitions, retentionHours, maxBytes, logger }, lifecycle);
}
