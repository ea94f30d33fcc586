import { liveEvent } from '../../domain/liveevent.ts';
import type { IngestPosition, LiveEvent } from '../../domain/records.gen.ts';
import type { NativeEvent, SourceItem } from '../../ports/source.ts';
import type { Output } from '../../runtime/stage.ts';
import type { Broadcast, IngestDependencies } from './broadcast.ts';
import { damagedItem } from './deadletters.ts';
import { IdleSources } from './idlesources.ts';
import { toLiveEvent } from './liveevents.ts';
import { timedAfter, timedEvent } from './lookahead.ts';
import { Occurrences } from './occurrences.ts';
import { QuietTimes } from './quiettimes.ts';

type Counts = Pick<IngestPosition, 'read' | 'deadLettered' | 'ignored'>;

/** Turns a source's items into records of the topics, and counts what never becomes an event. */
export class ChatIngest {
  private readonly broadcast: Broadcast;
  private readonly deps: IngestDependencies;
  private readonly occurrences = new Occurrences();
  private readonly idle = new IdleSources();
  private readonly quiet: QuietTimes;
  private read = 0;
  private deadLettered = 0;
  private ignored = 0;
  private position = 0;
  /** The counts as far as the metrics have them, or had them before a restart. */
  private told: Counts = { read: 0, deadLettered: 0, ignored: 0 };
  /** Records that an earlier process read of a source that does not begin anew. */
  private earlier = 0;

  constructor(broadcast: Broadcast, deps: IngestDependencies) {
    this.broadcast = broadcast;
    this.deps = deps;
    // From where a first event of the year 2099 is a jump like any other.
    this.idle.time.saw(broadcast.firstAtMs);
    this.quiet = new QuietTimes(broadcast.firstAtMs);
    // So that the first one of a kind is seen to be more than none.
    this.tell();
  }

  /** Goes on with the counts of an earlier process, whose records do not come again. */
  resume({ position, read, deadLettered, ignored }: IngestPosition): void {
    this.earlier = position;
    this.position = position;
    this.read = read;
    this.deadLettered = deadLettered;
    this.ignored = ignored;
    this.told = this.counts;
  }

  /** The first records of a broadcast: its channel's settings and its start. */
  begin(): Output[] {
    const { streamId, channelId, firstAtMs, settings, category, title } = this.broadcast;
    const fields = { eventId: 'start', streamId, channelId, source: 'chat', atMs: firstAtMs, kind: 'streamStarted' };
    const started = liveEvent(fields, { started: { category, title } });
    return [{ topic: 'channel.settings', key: channelId, record: settings }, this.live(started)];
  }

  /**
   * Records for a batch of items. Items up to position `done` were ingested before a restart: they are counted, and
   * their ids taken, but nothing is sent again. `next` are the items that follow in a recording; nobody knows them on
   * air.
   */
  take(items: readonly SourceItem[], done: number, next?: readonly SourceItem[]): Output[] {
    const outputs: Output[] = [];
    for (const [place, item] of items.entries()) {
      const marks = next === undefined ? [] : this.quietMarks(items, place, next);
      const made = [...marks, ...this.takeItem(item)];
      if (item.position > done) outputs.push(...made);
      else this.told = this.counts;
    }
    const last = items.at(-1);
    if (last !== undefined) this.position = this.earlier + last.position;
    if (outputs.length > 0) outputs.push(this.positionRecord(false));
    return outputs;
  }

  private takeItem(item: SourceItem): readonly Output[] {
    if (item.kind === 'ignored') {
      this.read += item.count ?? 1;
      this.ignored += item.count ?? 1;
      return [];
    }
    this.read += 1;
    if (item.kind === 'damaged') {
      this.deadLettered += 1;
      return [damagedItem(item, this.broadcast, this.deps.clock.now())];
    }
    const { streamId, channelId, zeroAtMs } = this.broadcast;
    if (item.kind === 'native' && (item.event.streamId ?? streamId) !== streamId) {
      // Another broadcast's events have no place in this one.
      this.ignored += 1;
      return [];
    }
    if (item.kind === 'native' && isMarker(item.event.kind)) return this.takeMarker(item.event);
    const { pseudonym } = this.deps;
    const event = toLiveEvent(item, { streamId, channelId, zeroAtMs, occurrences: this.occurrences, pseudonym });
    const silent = this.idle.saw(event.source, event.atMs);
    return silent.length === 0 ? [this.live(event)] : [this.live(event), ...this.idleMarks(silent)];
  }

  /** Marks of a silence that ended with the item at this place. */
  private quietMarks(items: readonly SourceItem[], place: number, next: readonly SourceItem[]): readonly Output[] {
    const { zeroAtMs } = this.broadcast;
    const item = items[place];
    const event = item === undefined ? undefined : timedEvent(item, zeroAtMs);
    if (event === undefined) return [];
    const source = item?.kind === 'native' ? (item.event.source ?? 'chat') : 'chat';
    return this.quiet.before(event, timedAfter(items, place, next, zeroAtMs)).map((atMs) => {
      this.idle.time.saw(atMs);
      return this.idleMark(source, atMs);
    });
  }

  /** Start and end are sent by ingest itself, once, with what it counted; markers are no source records. */
  private takeMarker({ kind, source, atMs }: NativeEvent): readonly Output[] {
    this.read -= 1;
    if (kind !== 'idle' || source === undefined) return [];
    this.idle.isSilent(source);
    return [this.idleMark(source, atMs)];
  }

  /** Marks for when nothing was heard for some time: `atMs` is where event time stands by the wall clock. */
  silence(atMs: number): Output[] {
    this.idle.allSilent();
    return this.idle.all().map((source) => this.idleMark(source, atMs));
  }

  private idleMarks(sources: readonly string[]): Output[] {
    return sources.map((source) => this.idleMark(source, this.idle.time.newest ?? this.broadcast.firstAtMs));
  }

  private idleMark(source: string, atMs: number): Output {
    const { streamId, channelId } = this.broadcast;
    return this.live(liveEvent({ eventId: `idle.${source}.${atMs}`, streamId, channelId, source, atMs, kind: 'idle' }));
  }

  /** The last records: the broadcast's end with the counts, and the finished position. */
  end(): Output[] {
    const { streamId, channelId, firstAtMs } = this.broadcast;
    const atMs = this.idle.time.newest ?? firstAtMs;
    const fields = { eventId: 'end', streamId, channelId, source: 'chat', atMs, kind: 'streamEnded' };
    return [this.live(liveEvent(fields, { ended: this.counts })), this.positionRecord(true)];
  }

  /** Tells the metrics what came since the last time; to be called when it is in the log. */
  tell(): void {
    const { metrics } = this.deps;
    const { read, deadLettered, ignored } = this.counts;
    const dead = deadLettered - this.told.deadLettered;
    metrics.add('cliptide_ingested_records_total', read - this.told.read, {});
    metrics.add('cliptide_events_total', dead, { stage: 'ingest', fate: 'deadLettered' });
    metrics.add('cliptide_events_total', ignored - this.told.ignored, { stage: 'ingest', fate: 'ignored' });
    metrics.add('cliptide_dead_letters_total', dead, { stage: 'ingest' });
    this.told = this.counts;
  }

  private get counts(): Counts {
    const { read, deadLettered, ignored } = this;
    return { read, deadLettered, ignored };
  }

  /** Newest event time that single wild time stamps did not move. */
  get newestMs(): number | undefined {
    return this.idle.time.newest;
  }

  private live(record: LiveEvent): Output {
    return { topic: 'live.analytics', key: record.channelId, record };
  }

  private positionRecord(finished: boolean): Output {
    const { streamId, channelId } = this.broadcast;
    const record: IngestPosition = {
      sourceId: `${streamId}.chat`,
      streamId,
      channelId,
      position: this.position,
      finished,
      read: this.read,
      deadLettered: this.deadLettered,
      ignored: this.ignored,
    };
    return { topic: 'ingest.positions', key: record.sourceId, record };
  }
}

const isMarker = (kind: string): boolean => kind === 'streamStarted' || kind === 'streamEnded' || kind === 'idle';
