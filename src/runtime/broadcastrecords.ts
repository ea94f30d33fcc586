import type { ArchiveEvent, EndedStream, LiveEvent } from '../domain/records.gen.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog, LogRecord } from '../ports/eventlog.ts';
import { readableInput } from './records.ts';

const readBatch = 5_000;
/** An archive may be opened so long before chat begins; one that was opened earlier is looked for everywhere. */
const archiveLeadMs = 6 * 3_600_000;

/** A record of a topic with what it says. */
export interface Read<R> {
  readonly log: LogRecord;
  readonly record: R;
}

/** Where the log's topics are read. */
export interface Topics {
  readonly log: EventLog;
  readonly codec: SchemaCodec;
}

/** Whether the topic still holds a broadcast from its first event on. */
export async function isInTopic({ log }: Topics, ended: EndedStream): Promise<boolean> {
  const { start, end } = await log.bounds('live.analytics', ended.partition);
  // Without a first offset, what was removed may have been another broadcast's; only a whole topic is sure.
  return start <= (ended.firstOffset ?? 0) && ended.endOffset < end;
}

/** The live events of a broadcast, in log order, from its first to the one that ended it. */
export async function* liveRecords(topics: Topics, ended: EndedStream): AsyncGenerator<readonly Read<LiveEvent>[]> {
  const { partition, firstOffset, endOffset } = ended;
  const range = { topic: 'live.analytics', partition, from: firstOffset ?? 0, to: endOffset + 1 } as const;
  for await (const batch of records(topics, ended, range)) yield batch as readonly Read<LiveEvent>[];
}

/** What the log says of a broadcast's archive, in log order, up to now. */
export async function archiveRecords(topics: Topics, ended: EndedStream): Promise<readonly Read<ArchiveEvent>[]> {
  const { log } = topics;
  const partition = log.partitionOf('archive.events', ended.channelId);
  const { start, end } = await log.bounds('archive.events', partition);
  const [first] = await log.read('live.analytics', ended.partition, ended.firstOffset ?? 0, 1);
  const near = await log.offsetAt('archive.events', partition, (first?.appendedAtMs ?? 0) - archiveLeadMs);
  const from = async (offset: number): Promise<readonly Read<ArchiveEvent>[]> => {
    const found: Read<ArchiveEvent>[] = [];
    const range = { topic: 'archive.events', partition, from: offset, to: end } as const;
    for await (const batch of records(topics, ended, range)) found.push(...(batch as readonly Read<ArchiveEvent>[]));
    return found;
  };
  const found = await from(Math.max(start, near));
  const isWhole = found.length === 0 || found.some(({ record }) => record.opened !== null);
  return isWhole ? found : from(start);
}

interface Range {
  readonly topic: 'live.analytics' | 'archive.events';
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

async function* records(
  { log, codec }: Topics,
  { streamId, channelId }: EndedStream,
  { topic, partition, from, to }: Range,
): AsyncGenerator<readonly Read<LiveEvent | ArchiveEvent>[]> {
  let next = from;
  while (next < to) {
    const read = await log.read(topic, partition, next, Math.min(readBatch, to - next));
    const last = read.at(-1);
    if (last === undefined) return;
    next = last.offset + 1;
    // The key is looked at first: records of other channels need not be decoded.
    const own = read.filter((record) => record.key === channelId && record.offset < to);
    await codec.prepare(own.map((record) => record.value));
    const batch = own.flatMap((record) => {
      const found = readableInput<Range['topic']>(codec, record)?.record;
      return found?.streamId === streamId ? [{ log: record, record: found }] : [];
    });
    if (batch.length > 0) yield batch;
  }
}
