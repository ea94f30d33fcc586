import type { Config } from '../../config/config.ts';
import { ArchiveTable } from '../../runtime/archive.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { openSource } from '../../stages/ingest/opening.ts';
import { ingestChat } from '../../stages/ingest/stage.ts';
import type { PipelineNode } from '../node/node.ts';
import { broadcastOf } from '../recording/broadcast.ts';
import { followArchive } from './archive.ts';
import type { LiveFeed } from './feed.ts';
import { Silence } from './silence.ts';

/** One of two sources has ended; this long after it the other one is over too, in milliseconds. */
const graceMs = 30_000;

/**
 * Takes a live broadcast into the topics until it ends: when chat and archive have ended, or one of them and the other
 * says nothing more. When the signal aborts it stops, and can be taken up again. When it settles nothing of it goes on,
 * so that it can be tried again after a failure.
 */
export async function ingestLive(
  feed: LiveFeed,
  node: PipelineNode,
  config: Config,
  signal: AbortSignal,
  onBroadcast: (broadcast: Broadcast) => void = () => {},
): Promise<void> {
  const chatOver = new AbortController();
  const archiveOver = new AbortController();
  const both = new AbortController();
  const going = AbortSignal.any([signal, both.signal]);
  const source = feed.notices?.ofDamage(feed.chat) ?? feed.chat;
  const opening = await openSource(source, feed.startedAtMs, AbortSignal.any([going, chatOver.signal]));
  const policy = { hold: 'online', top: 0, presets: config.render.presets };
  const fields = { streamId: feed.name, category: feed.category, policy };
  const broadcast = await asBefore(broadcastOf({ ...opening, ...feed.ids }, fields, config), feed, node);
  onBroadcast(broadcast);
  const silence = new Silence(node.deps.clock);
  const own = feed.notices?.ofForeign(opening.items, broadcast, feed.ids !== undefined) ?? opening.items;
  const items = silence.listen(own);
  const chat = ingestChat(broadcast, { items, live: true, goesOn: feed.piped === true }, node.ingest, going);
  const archive = followArchive(feed, broadcast, node, going, archiveOver.signal, config.archive);
  const afterArchive = archive.then(() => silence.lasts(graceMs, going)).then(() => chatOver.abort());
  const afterChat = chat.then(() => feed.archiveTime.sleep(graceMs, going)).then(() => archiveOver.abort());
  // Each of the two only hurries the other one on; whether they failed, chat and archive say themselves.
  afterArchive.catch(() => undefined);
  afterChat.catch(() => undefined);
  try {
    await Promise.all([chat, archive]);
  } finally {
    // What went on beside a failure would be taken in twice when the broadcast is tried again.
    both.abort();
    await Promise.allSettled([chat, archive]);
    // A broadcast that had ended before was opened all the same: a file that is watched would keep the process.
    await opening.close();
  }
}

/** A pipe that goes on begins in the middle: where zero is, the archive's first record knows. */
async function asBefore(broadcast: Broadcast, feed: LiveFeed, node: PipelineNode): Promise<Broadcast> {
  if (feed.piped !== true) return broadcast;
  const { log, codec } = node.deps;
  const known = await new ArchiveTable(log, codec).view(broadcast.streamId, broadcast.channelId);
  return known === undefined ? broadcast : { ...broadcast, zeroAtMs: known.opened.zeroAtMs };
}
