import { followNdjson } from '../../adapters/chatfile/follow.ts';
import type { SourceConfig } from '../../config/config.ts';
import { toCliptideError } from '../../domain/errors.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import type { CommandContext } from '../context.ts';
import type { PipelineNode } from '../node/node.ts';
import { announce } from './announce.ts';
import { Backoff } from './backoff.ts';
import { ingestLive } from './broadcast.ts';
import { sumLine } from './ending.ts';
import { SourceNotices } from './notices.ts';
import { type BroadcastIds, outcomeOf } from './outcome.ts';
import { settled } from './settle.ts';

/** Takes a configured source in and says what comes of it. One that fails does not end the process: it is tried again. */
export async function watchSource(
  source: SourceConfig,
  node: PipelineNode,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { config, log, terminal } = context;
  const named = config.sources.length > 1 ? { name: source.streamId } : {};
  let isAnnounced = false;
  const begin = (broadcast: Broadcast): void => {
    if (isAnnounced) return;
    isAnnounced = true;
    terminal.line(`on air: ${broadcast.streamId}`);
    const how = { json: false, from: 'end', goesOn: true, ...named } as const;
    announce(broadcast, node, context, how, signal).catch((error) => {
      log.warn('nothing more is announced', { streamId, error: String(error) });
    });
  };
  const { streamId, channelId, hls, category, startedAtMs } = source;
  const ids = { streamId, channelId };
  const backoff = new Backoff();
  const notices = new SourceNotices((block) => terminal.line(block), source.events);
  while (!signal.aborted) {
    try {
      const chat = await followNdjson(source.events);
      const feed = {
        chat,
        notices,
        piped: chat.goesOn === true,
        hls,
        patient: true,
        archiveTime: node.deps.clock,
        name: streamId,
      };
      await ingestLive({ ...feed, ids, category, startedAtMs }, node, config, signal, begin);
      if (signal.aborted) return;
      log.info('broadcast ended', { streamId });
      await sumUp(ids, node, context, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = backoff.next();
      log.warn('source failed; trying again', { streamId, waitMs, error: toCliptideError(error).message });
      await node.deps.clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }
}

/** Not in a hurry: on a cluster each look reads topics that are large, and the last clips take their time. */
const sumEveryMs = 5_000;

/** Says what came of a broadcast once its last clip is made or given up; on a stop, nothing. */
async function sumUp(
  ids: BroadcastIds,
  node: PipelineNode,
  { terminal, log }: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  try {
    await settled(node.deps, ids.streamId, ids.channelId, signal, sumEveryMs);
    terminal.line(sumLine(ids.streamId, await outcomeOf(ids, node.deps)));
  } catch (error) {
    if (!signal.aborted) log.warn('no sum of a broadcast', { streamId: ids.streamId, error: String(error) });
  }
}
