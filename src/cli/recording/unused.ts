import { CliptideError } from '../../domain/errors.ts';
import type { StreamRanking } from '../../domain/records.gen.ts';
import { longestText } from '../../domain/scoring/faults.ts';
import type { ChatSource, SourceItem } from '../../ports/source.ts';
import { timedAfter, timedEvent, withNext } from '../../stages/ingest/lookahead.ts';
import { QuietTimes, type TimedEvent } from '../../stages/ingest/quiettimes.ts';

/** The first of several records, by its place in the file, and what is the matter with it. */
interface First {
  readonly position: number;
  readonly what: string;
}

/** Looks on as a chat file is read, so that what was not used of it can be told with its place. */
export class UnusedRecords {
  private readonly chat: ChatSource;
  private readonly zeroAtMs: number;
  private readonly firstAtMs: number;
  private readonly latenessMs: number;
  private readonly quiet: QuietTimes;
  private damaged = 0;
  private firstDamaged: First | undefined;
  private firstTooLong: First | undefined;
  private firstJump: First | undefined;
  private firstLate: First | undefined;

  constructor(
    chat: ChatSource,
    opening: { readonly zeroAtMs: number; readonly firstAtMs: number },
    latenessMs: number,
  ) {
    this.chat = chat;
    this.zeroAtMs = opening.zeroAtMs;
    this.firstAtMs = opening.firstAtMs;
    this.latenessMs = latenessMs;
    this.quiet = new QuietTimes(Math.min(opening.zeroAtMs, opening.firstAtMs));
  }

  /** The same items. */
  async *watch(items: AsyncIterable<readonly SourceItem[]>): AsyncGenerator<readonly SourceItem[]> {
    for await (const [batch, next] of withNext(items)) {
      for (const [place, item] of batch.entries()) {
        this.look(item, timedAfter(batch, place, next, this.zeroAtMs));
      }
      yield batch;
    }
  }

  private look(item: SourceItem, following: Iterable<TimedEvent>): void {
    const { position } = item;
    if (item.kind === 'damaged') {
      this.damaged += 1;
      this.firstDamaged ??= { position, what: item.reason };
    }
    if (item.kind !== 'event' && item.kind !== 'native') return;
    const length = (item.kind === 'event' ? textOf(item.event) : item.event.chat?.text)?.length ?? 0;
    if (length > longestText) this.firstTooLong ??= { position, what: `its text has ${length} characters` };
    const event = timedEvent(item, this.zeroAtMs);
    if (event === undefined) return;
    this.quiet.before(event, following);
    const behindMs = this.quiet.nowMs - event.atMs;
    if (behindMs < 0) this.firstJump ??= { position, what: `its time jumps to ${clockText(event.atMs)}` };
    if (behindMs <= this.latenessMs) return;
    this.firstLate ??= { position, what: `its time runs back by ${(behindMs / 1_000).toFixed(1)} s` };
  }

  /** For people: a block for each reason why records were not used, with what to do. Empty when all were. */
  report(path: string, { late, deadLettered }: StreamRanking['fates']): readonly string[] {
    const refused = deadLettered - this.damaged;
    const wild = this.firstTooLong ?? this.firstJump ?? this.firstLate;
    return [
      ...this.block(path, this.damaged, 'damaged and set aside', this.firstDamaged, 'export the chat again'),
      ...this.block(path, refused, 'set aside as unlikely', wild, 'check their times and texts'),
      ...this.block(path, late, 'too late to be scored', this.firstLate, 'sort the file by time, or raise latenessMs'),
    ];
  }

  /** Throws `input` where not a single record was of use. */
  mustBeUsed(path: string, { read, processed, late, deadLettered, ignored }: StreamRanking['fates']): void {
    if (processed > 0) return;
    const first = this.firstDamaged ?? this.firstTooLong ?? this.firstJump ?? this.firstLate;
    const place = first === undefined ? '' : `; ${this.chat.unit ?? 'record'} ${first.position}: ${first.what}`;
    const days = Math.floor((this.firstAtMs - this.zeroAtMs) / 86_400_000);
    const why = days >= 7 ? `; its first event lies ${days} days after the start` : place;
    const counts = `${deadLettered} set aside, ${late} late, ${ignored} ignored`;
    throw new CliptideError('input', `None of the ${read} records of ${path} could be used (${counts})${why}`, {
      where: path,
      hint: days >= 7 ? 'Correct --started-at, or leave it out.' : 'Give a file with messages.',
    });
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

const textOf = (event: Extract<SourceItem, { kind: 'event' }>['event']): string | undefined =>
  event.kind === 'chat' ? event.text : undefined;

const clockText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms));
