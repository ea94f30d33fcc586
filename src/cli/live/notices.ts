import type { ChatSource, SourceItem } from '../../ports/source.ts';
import { foreignIds, type Ids } from './foreign.ts';

type Batches = AsyncIterable<readonly SourceItem[]>;

/** Looks on as a source is read, and says once each what would else give nothing without a word. */
export class SourceNotices {
  private readonly say: (block: string) => void;
  private readonly where: string;
  private isDamageSaid = false;
  private isForeignSaid = false;

  /** `say` prints a block for people; `where` is the source's file or pipe. */
  constructor(say: (block: string) => void, where: string) {
    this.say = say;
    this.where = where;
  }

  /** The same source, which says its first damaged record. */
  ofDamage(chat: ChatSource): ChatSource {
    return { ...chat, items: (signal) => this.lookedAt(chat.items(signal), (item) => this.lookForDamage(item)) };
  }

  /** The same items, of which the first event of another broadcast or channel than `ids` is said. */
  ofForeign(items: Batches, ids: Ids, areConfigured: boolean): Batches {
    return this.lookedAt(items, (item) => {
      const foreign = this.isForeignSaid ? undefined : foreignIds(item, ids, areConfigured);
      if (foreign === undefined) return;
      this.isForeignSaid = true;
      this.tell(foreign.what, foreign.todo);
    });
  }

  private async *lookedAt(items: Batches, look: (item: SourceItem) => void): Batches {
    for await (const batch of items) {
      batch.forEach(look);
      yield batch;
    }
  }

  private lookForDamage(item: SourceItem): void {
    if (this.isDamageSaid || item.kind !== 'damaged') return;
    this.isDamageSaid = true;
    const todo = 'correct who writes it, if there are many (docs/events.md); what is damaged is set aside';
    this.tell(`first damage: record ${item.position}, ${item.reason}`, todo);
  }

  private tell(what: string, todo: string): void {
    this.say(`cliptide: ${what}\n  where: ${this.where}\n  to do: ${todo}`);
  }
}
