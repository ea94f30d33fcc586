import type { RecordOf, TopicName } from '../../../topology/topics.ts';
import type { RuntimeDependencies } from '../../runtime/dependencies.ts';
import { readableInput } from '../../runtime/records.ts';

const readBatch = 1_000;
const pollMs = 50;

/**
 * The records of a channel that a topic holds, from its beginning or its end, and those that come, until the signal
 * aborts.
 */
export async function* watchTopic<T extends TopicName>(
  deps: RuntimeDependencies,
  topic: T,
  channelId: string,
  signal: AbortSignal,
  from: 'start' | 'end' = 'start',
): AsyncGenerator<RecordOf<T>> {
  const { log, codec, clock } = deps;
  const partition = log.partitionOf(topic, channelId);
  let next = (await log.bounds(topic, partition))[from];
  while (!signal.aborted) {
    const records = await log.read(topic, partition, next, readBatch);
    await codec.prepare(records.map((record) => record.value));
    for (const record of records) {
      next = record.offset + 1;
      const input = record.key === channelId ? readableInput<T>(codec, record) : undefined;
      if (input !== undefined) yield input.record as RecordOf<T>;
    }
    if (records.length === 0) await clock.sleep(pollMs, signal).catch(() => undefined);
  }
}

/** The records of a channel that a topic holds now. */
export async function readTopic<T extends TopicName>(
  deps: RuntimeDependencies,
  topic: T,
  channelId: string,
): Promise<readonly RecordOf<T>[]> {
  const { log, codec } = deps;
  const partition = log.partitionOf(topic, channelId);
  const found: RecordOf<T>[] = [];
  let { start: next, end } = await log.bounds(topic, partition);
  while (next < end) {
    const records = await log.read(topic, partition, next, readBatch);
    const last = records.at(-1);
    if (last === undefined) break;
    const own = records.filter((record) => record.key === channelId);
    await codec.prepare(own.map((record) => record.value));
    for (const record of own) {
      const input = readableInput<T>(codec, record);
      if (input !== undefined) found.push(input.record as RecordOf<T>);
    }
    next = last.offset + 1;
  }
  return found;
}

/** The first record of a topic that fits; rejects with the signal's reason when it aborts first. */
export async function firstRecord<T extends TopicName>(
  deps: RuntimeDependencies,
  topic: T,
  channelId: string,
  fits: (record: RecordOf<T>) => boolean,
  signal: AbortSignal,
): Promise<RecordOf<T>> {
  for await (const record of watchTopic(deps, topic, channelId, signal)) if (fits(record)) return record;
  throw signal.reason;
}
