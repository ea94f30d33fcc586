import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog, LogRecord } from '../ports/eventlog.ts';

const batchRecords = 500;

/** The records of a partition from an offset (or the first that is there) to the end of now, in batches to be decoded. */
export async function* scan(
  { log, codec }: { readonly log: EventLog; readonly codec: SchemaCodec },
  topic: string,
  partition: number,
  from = 0,
): AsyncGenerator<readonly LogRecord[]> {
  const { start, end } = await log.bounds(topic, partition);
  for (let next = Math.max(start, from); next < end; ) {
    const records = await log.read(topic, partition, next, batchRecords);
    const last = records.at(-1);
    if (last === undefined) return;
    await codec.prepare(records.map(({ value }) => value));
    yield records;
    next = last.offset + 1;
  }
}
