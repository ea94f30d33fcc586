import type { IngestPosition } from '../../domain/records.gen.ts';
import { readableInput } from '../../runtime/records.ts';
import type { IngestDependencies } from './broadcast.ts';

const topic = 'ingest.positions';
const readBatch = 1_000;

/** How far a source was read before; undefined for one that was never read. */
export async function positionOf(deps: IngestDependencies, sourceId: string): Promise<IngestPosition | undefined> {
  const { log, codec } = deps;
  const partition = log.partitionOf(topic, sourceId);
  const { start, end } = await log.bounds(topic, partition);
  let found: IngestPosition | undefined;
  let from = start;
  while (from < end) {
    const records = await log.read(topic, partition, from, readBatch);
    const last = records.at(-1);
    if (last === undefined) break;
    const own = records.filter((record) => record.key === sourceId && record.value !== null);
    await codec.prepare(own.map((record) => record.value));
    for (const record of own) found = readableInput<typeof topic>(codec, record)?.record ?? found;
    from = last.offset + 1;
  }
  return found;
}
