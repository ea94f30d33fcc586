import type { SourceItem } from '../../ports/source.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';

/** So many records may wait for the scorer, and so many more stay until they are let go together. */
const maxAhead = 20_000;
const trimEvery = 20_000;
const topic = 'live.analytics';

/**
 * Lets a recording's records in as the scorer takes them. What it has read is let go, so that neither memory nor the
 * log grows with the file: for nodes that see this one broadcast and are gone after it.
 */
export async function* paced(
  items: AsyncIterable<readonly SourceItem[]>,
  deps: StatefulDependencies,
  channelId: string,
): AsyncGenerator<readonly SourceItem[]> {
  const { log, clock, metrics } = deps;
  const partition = log.partitionOf(topic, channelId);
  // The stage reads a record of settings as well; one more or less does not matter here.
  const read = (): number => metrics.value('cliptide_stage_records_total', { stage: 'score' });
  for await (const batch of items) {
    yield batch;
    const { start, end } = await log.bounds(topic, partition);
    while (end - read() > maxAhead) await clock.sleep(1);
    if (read() - start > 2 * trimEvery) await log.trim(topic, partition, read() - trimEvery);
  }
}
