import { watchArchive } from '../../adapters/hls/watch.ts';
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ChatSource } from '../../ports/source.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { openSource } from '../../stages/ingest/opening.ts';
import { ingestArchive, ingestChat } from '../../stages/ingest/stage.ts';
import type { EmbeddedNode } from '../node/node.ts';
import { broadcastOf } from '../recording/broadcast.ts';
import { Silence } from './silence.ts';

/** A live broadcast: its events as they come, and its playlist. */
export interface LiveFeed {
  readonly chat: ChatSource;
  /** Address or path of the playlist. */
  readonly hls: string;
  /** The time by which the playlist is polled. */
  readonly archiveTime: Clock;
  /** Id of the broadcast where neither `ids` nor its records name one. */
  readonly name: string;
  readonly ids?: { readonly streamId: string; readonly channelId: string };
  readonly category: string;
  readonly startedAtMs: number | undefined;
}

/** One of two sources has ended; this long after it the other one is over too, in milliseconds. */
const graceMs = 30_000;

/**
 * Takes a live broadcast into the topics until it ends: when chat and archive have ended, or one of them and the other
 * says nothing more. When the signal aborts it stops, and can be taken up again.
 */
export async function ingestLive(
  feed: LiveFeed,
  node: EmbeddedNode,
  config: Config,
  signal: AbortSignal,
  onBroadcast: (broadcast: Broadcast) => void = () => {},
): Promise<void> {
  const chatOver = new AbortController();
  const archiveOver = new AbortController();
  const opening = await openSource(feed.chat, feed.startedAtMs, AbortSignal.any([signal, chatOver.signal]));
  const policy = { hold: 'online', top: 0, presets: config.render.presets };
  const fields = { streamId: feed.name, category: feed.category, policy };
  const broadcast = broadcastOf({ ...opening, ...feed.ids }, fields, config);
  onBroadcast(broadcast);
  const silence = new Silence(node.deps.clock);
  const items = silence.listen(opening.items);
  const chat = ingestChat(broadcast, { items, live: true }, node.ingest, signal);
  const archive = followArchive(feed, broadcast, node, signal, archiveOver.signal);
  const both = new AbortController();
  const waiting = AbortSignal.any([signal, both.signal]);
  const afterArchive = archive.then(() => silence.lasts(graceMs, waiting)).then(() => chatOver.abort());
  const afterChat = chat.then(() => feed.archiveTime.sleep(graceMs, waiting)).then(() => archiveOver.abort());
  // Each of the two only hurries the other one on; whether they failed, chat and archive say themselves.
  afterArchive.catch(() => undefined);
  afterChat.catch(() => undefined);
  try {
    await Promise.all([chat, archive]);
  } finally {
    // A timer that goes on would keep the process.
    both.abort();
  }
}

/** The archive's events, taken up after the last segment that the log holds. */
async function followArchive(
  feed: LiveFeed,
  { streamId, channelId, zeroAtMs }: Broadcast,
  node: EmbeddedNode,
  signal: AbortSignal,
  stop: AbortSignal,
): Promise<void> {
  const { log, codec, logger } = node.deps;
  const known = await new ArchiveTable(log, codec).view(streamId, channelId);
  if (known?.ended === true) return;
  const after = known?.segments.at(-1);
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
    ...(after === undefined ? {} : { after }),
  });
  await ingestArchive(events, node.ingest);
}
