import type { SourceItem } from '../../ports/source.ts';
import { timeOf, userOf } from './liveevents.ts';
import type { TimedEvent } from './quiettimes.ts';

type Batch = readonly SourceItem[];

/** Each batch with the one behind it, which is empty at the end. */
export async function* withNext(batches: AsyncIterable<Batch>): AsyncGenerator<[batch: Batch, next: Batch]> {
  let held: Batch | undefined;
  for await (const batch of batches) {
    if (held !== undefined) yield [held, batch];
    held = batch;
  }
  if (held !== undefined) yield [held, []];
}

/** An item as something that happened at a time; undefined for what has none. */
export function timedEvent(item: SourceItem, zeroAtMs: number): TimedEvent | undefined {
  if (item.kind !== 'event' && item.kind !== 'native') return undefined;
  return { atMs: timeOf(item, zeroAtMs), user: userOf(item) };
}

/** What happened after the item at a place of a batch, as far as it is known. */
export function* timedAfter(batch: Batch, place: number, next: Batch, zeroAtMs: number): Generator<TimedEvent> {
  for (const part of [batch.slice(place + 1), next]) {
    for (const item of part) {
      const event = timedEvent(item, zeroAtMs);
      if (event !== undefined) yield event;
    }
  }
}
