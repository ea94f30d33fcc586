import { type WatchOptions, watchArchive } from '../../adapters/hls/watch.ts';
import type { Config } from '../../config/config.ts';
import { toCliptideError } from '../../domain/errors.ts';
import type { ArchiveView } from '../../ports/mediacache.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { ingestArchive } from '../../stages/ingest/stage.ts';
import type { PipelineNode } from '../node/node.ts';
import { Backoff } from './backoff.ts';
import type { LiveFeed } from './feed.ts';

/** Takes in the archive until it has ended, `stop` says that it has, or the signal aborts. */
export async function followArchive(
  feed: LiveFeed,
  broadcast: Broadcast,
  node: PipelineNode,
  signal: AbortSignal,
  stop: AbortSignal,
  { mostBitsPerSecond }: Config['archive'],
): Promise<void> {
  const { clock, logger } = node.deps;
  const backoff = new Backoff();
  while (true) {
    try {
      return await followOnce(feed, broadcast, node, signal, stop, { mostBitsPerSecond });
    } catch (error) {
      if (feed.patient !== true || signal.aborted || stop.aborted) throw error;
      const waitMs = backoff.next();
      const { message } = toCliptideError(error);
      logger.warn('archive failed; trying again', { streamId: broadcast.streamId, waitMs, error: message });
      await clock.sleep(waitMs, AbortSignal.any([signal, stop])).catch(() => undefined);
      signal.throwIfAborted();
    }
  }
}

/** Taken up after the last segment that the log holds. */
async function followOnce(
  feed: LiveFeed,
  { streamId, channelId, zeroAtMs }: Broadcast,
  node: PipelineNode,
  signal: AbortSignal,
  stop: AbortSignal,
  { mostBitsPerSecond }: Config['archive'],
): Promise<void> {
  const { log, codec, logger } = node.deps;
  const known = await new ArchiveTable(log, codec).view(streamId, channelId);
  if (known?.ended === true) return;
  const events = watchArchive({
    uri: feed.hls,
    streamId,
    channelId,
    clock: 'programDateTime',
    zeroAtMs,
    offsetMs: 0,
    live: true,
    fetcher: node.fetcher,
    time: feed.archiveTime,
    logger,
    signal,
    stop,
    ...(mostBitsPerSecond === undefined ? {} : { mostBitsPerSecond }),
    ...afterLast(known),
  });
  await ingestArchive(events, node.ingest, signal);
}

function afterLast(known: ArchiveView | undefined): Pick<WatchOptions, 'after' | 'afterSound'> {
  const after = known?.segments.at(-1);
  const afterSound = known?.sound?.at(-1);
  return { ...(after === undefined ? {} : { after }), ...(afterSound === undefined ? {} : { afterSound }) };
}
