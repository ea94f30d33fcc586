import { stableId } from '../../domain/ids.ts';
import type { SourceItem } from '../../ports/source.ts';
import { continued, type Opening } from '../../stages/ingest/opening.ts';

/** So many events tell a recording from every other, if they come among so many records. */
const asked = 20;
const mostRecords = 5_000;

/**
 * A recording with an id of its broadcast: the one that its records name, else one by how its chat begins. So renaming,
 * compressing or cutting an export changes no id, and two files that are both called chat.json are two broadcasts.
 */
export async function identified(opening: Opening, format: string): Promise<Opening & { readonly streamId: string }> {
  if (opening.streamId !== undefined) return { ...opening, streamId: opening.streamId };
  const iterator = opening.items[Symbol.asyncIterator]();
  const looked: (readonly SourceItem[])[] = [];
  const beginning = new Beginning();
  while (!beginning.isKnown) {
    const next = await iterator.next();
    if (next.done === true) break;
    looked.push(next.value);
    for (const item of next.value) beginning.add(item);
  }
  const streamId = `${format}-${stableId('recording', ...beginning.events).slice(0, 12)}`;
  return { ...opening, streamId, items: continued(looked, iterator) };
}

/** The first events, however the records are cut into batches. */
class Beginning {
  readonly events: string[] = [];
  private records = 0;

  get isKnown(): boolean {
    return this.events.length === asked || this.records >= mostRecords;
  }

  add(item: SourceItem): void {
    if (this.isKnown) return;
    this.records += item.kind === 'ignored' ? (item.count ?? 1) : 1;
    if (item.kind === 'event') this.events.push(JSON.stringify([item.time, item.id, item.event]));
    if (item.kind === 'native') this.events.push(JSON.stringify(item.event));
  }
}
