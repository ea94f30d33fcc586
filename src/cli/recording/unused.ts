import type { StreamRanking } from '../../domain/records.gen.ts';
import type { ChatSource, SourceItem } from '../../ports/source.ts';
import { timeOf } from '../../stages/ingest/liveevents.ts';
import { SteadyTime } from '../../stages/ingest/steadytime.ts';

/** The first of several records, by its place in the file, and what is the matter with it. */
interface First {
  readonly position: number;
  readonly what: string;
}

/** Looks on as a chat file is read, so that what was not used of it can be told with its place. */
export class UnusedRecords {
  private readonly chat: ChatSource;
  private readonly zeroAtMs: number;
  private readonly latenessMs: number;
  private readonly time = new SteadyTime();
  private damaged = 0;
  private firstDamaged: First | undefined;
  private firstJump: First | undefined;
  private firstLate: First | undefined;

  constructor(
    chat: ChatSource,
    opening: { readonly zeroAtMs: number; readonly firstAtMs: number },
    latenessMs: number,
  ) {
    this.chat = chat;
    this.zeroAtMs = opening.zeroAtMs;
    this.latenessMs = latenessMs;
    this.time.saw(Math.min(opening.zeroAtMs, opening.firstAtMs));
  }

  /** The same items. */
  async *watch(items: AsyncIterable<readonly SourceItem[]>): AsyncGenerator<readonly SourceItem[]> {
    for await (const batch of items) {
      for (const item of batch) this.look(item);
      yield batch;
    }
  }

  private look(item: SourceItem): void {
    const { position } = item;
    if (item.kind === 'damaged') {
      this.damaged += 1;
      this.firstDamaged ??= { position, what: item.reason };
    }
    if (item.kind !== 'event' && item.kind !== 'native') return;
    const atMs = timeOf(item, this.zeroAtMs);
    if (!this.time.saw(atMs)) {
      this.firstJump ??= { position, what: `its time jumps to ${clockText(atMs)}` };
      return;
    }
    const behindMs = (this.time.newest ?? atMs) - atMs;
    if (behindMs <= this.latenessMs) return;
    this.firstLate ??= { position, what: `its time runs back by ${(behindMs / 1_000).toFixed(1)} s` };
  }

  /** For people: a block for each reason why records were not used, with what to do. Empty when all were. */
  report(path: string, { late, deadLettered }: StreamRanking['fates']): readonly string[] {
    const refused = deadLettered - this.damaged;
    return [
      ...this.block(path, this.damaged, 'damaged and set aside', this.firstDamaged, 'export the chat again'),
      ...this.block(
        path,
        refused,
        'set aside for unlikely times',
        this.firstJump ?? this.firstLate,
        'check their times',
      ),
      ...this.block(path, late, 'too late to be scored', this.firstLate, 'sort the file by time, or raise latenessMs'),
    ];
  }

  private block(path: string, count: number, how: string, first: First | undefined, toDo: string): string[] {
    if (count <= 0) return [];
    const records = count === 1 ? '1 record is' : `${count} records are`;
    const place = first === undefined ? '' : `, ${this.chat.unit ?? 'record'} ${first.position}`;
    const what = first === undefined ? '' : `: ${count === 1 ? '' : 'the first: '}${first.what}`;
    return [
      `cliptide: ${records} ${how} (the others are used)${what}\n  where: ${path}${place}\n  to do: nothing, if few; else ${toDo}`,
    ];
  }
}

const clockText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms));
