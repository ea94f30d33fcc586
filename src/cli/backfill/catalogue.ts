import { isTransient, toCliptideError } from '../../domain/errors.ts';
import { eventsFolder } from '../../domain/ids.ts';
import type { EndedStream } from '../../domain/records.gen.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { EventsFiles } from '../../ports/eventsfile.ts';
import type { Logger } from '../../ports/logger.ts';
import { isInTopic, type Topics } from '../../runtime/broadcastrecords.ts';
import { readableInput } from '../../runtime/records.ts';
import { fileSource, type ReplaySource, topicSource } from '../../runtime/replay/source.ts';

/** A broadcast that has ended, and where it can be replayed from. */
export interface EndedBroadcast {
  readonly streamId: string;
  readonly channelId: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly zeroAtMs: number;
  readonly endedAtMs: number;
  /** `gone`: its topic has lost its beginning, and there is no file. */
  readonly from: 'file' | 'topic' | 'gone';
  readonly source: ReplaySource | undefined;
}

export interface CatalogueParts extends Topics {
  readonly files: EventsFiles;
  readonly clips: ClipStore;
  readonly logger: Logger;
}

/**
 * Every broadcast that has ended, by its id: its file where there is one (which also has the settings that its topic
 * may have let go), else the topic.
 */
export async function endedBroadcasts(parts: CatalogueParts): Promise<ReadonlyMap<string, EndedBroadcast>> {
  const found = new Map<string, EndedBroadcast>();
  for (const ended of await endedInTopics(parts)) {
    if (ended.run !== 'live' || found.has(ended.streamId)) continue;
    const { streamId, channelId, zeroAtMs, endedAtMs } = ended;
    const isThere = await isInTopic(parts, ended);
    const source = isThere ? topicSource(parts, ended) : undefined;
    found.set(streamId, { streamId, channelId, zeroAtMs, endedAtMs, from: isThere ? 'topic' : 'gone', source });
  }
  for (const broadcast of await endedInFiles(parts)) found.set(broadcast.streamId, broadcast);
  return new Map([...found].sort(([, a], [, b]) => a.zeroAtMs - b.zeroAtMs));
}

async function endedInTopics({ log, codec }: Topics): Promise<readonly EndedStream[]> {
  const topic = 'streams.ended';
  const found: EndedStream[] = [];
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    let { start: next, end } = await log.bounds(topic, partition);
    while (next < end) {
      const records = await log.read(topic, partition, next, 1_000);
      const last = records.at(-1);
      if (last === undefined) break;
      next = last.offset + 1;
      await codec.prepare(records.map((record) => record.value));
      found.push(...records.flatMap((record) => readableInput<typeof topic>(codec, record)?.record ?? []));
    }
  }
  return found;
}

async function endedInFiles({ files, clips, codec, logger }: CatalogueParts): Promise<readonly EndedBroadcast[]> {
  const found: EndedBroadcast[] = [];
  for (const { key } of await clips.list(eventsFolder)) {
    try {
      const path = await clips.open(key);
      found.push({ ...(await files.header(path)), from: 'file', source: fileSource(files, path, codec) });
    } catch (error) {
      const failure = toCliptideError(error);
      // It is the file's fault or it is not: then the broadcast must not be missing as if it had never been.
      if (isTransient(failure) || failure.code === 'budget' || failure.code === 'space') throw failure;
      logger.warn('a file of events was passed over', { key, error: failure.message });
    }
  }
  return found;
}
