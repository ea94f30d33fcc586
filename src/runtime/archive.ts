import type { ArchiveEvent, ArchiveOpened, ArchiveSegment } from '../domain/records.gen.ts';
import type { ArchiveLookup, RecentArchives } from '../ports/archive.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog } from '../ports/eventlog.ts';
import type { ArchiveView } from '../ports/mediacache.ts';
import { readableInput } from './records.ts';

const topic = 'archive.events';
const readBatch = 1_000;

interface Known {
  opened?: ArchiveOpened;
  channelId: string;
  readonly partition: number;
  /** When ingest wrote the newest event. */
  lastAtMs: number;
  ended: boolean;
  readonly segments: ArchiveSegment[];
  readonly sound: ArchiveSegment[];
  /** Sequence numbers seen: a watcher that restarts may report a segment twice. */
  readonly sequences: Set<number>;
  readonly soundSequences: Set<number>;
}

/** `archive.events` as a table by stream, read on demand up to the log's end, without a consumer group. */
export class ArchiveTable implements ArchiveLookup, RecentArchives {
  private readonly log: EventLog;
  private readonly codec: SchemaCodec;
  private readonly streams = new Map<string, Known>();
  private readonly positions = new Map<number, number>();
  private readonly catchingUp = new Map<number, Promise<void>>();

  constructor(log: EventLog, codec: SchemaCodec) {
    this.log = log;
    this.codec = codec;
  }

  async view(streamId: string, channelId: string): Promise<ArchiveView | undefined> {
    await this.upToNow(this.log.partitionOf(topic, channelId));
    const known = this.streams.get(streamId);
    return known === undefined ? undefined : viewOf(streamId, known);
  }

  async recent(partition: number, sinceMs: number): Promise<readonly ArchiveView[]> {
    await this.upToNow(partition);
    return [...this.streams].flatMap(([streamId, known]) => {
      const isRecent = known.partition === partition && known.lastAtMs >= sinceMs;
      return (isRecent ? viewOf(streamId, known) : undefined) ?? [];
    });
  }

  private async upToNow(partition: number): Promise<void> {
    // Callers at the same time share one reading, and a later one starts where it ended.
    await this.catchingUp.get(partition);
    const reading = this.catchUp(partition).finally(() => this.catchingUp.delete(partition));
    this.catchingUp.set(partition, reading);
    await reading;
  }

  private async catchUp(partition: number): Promise<void> {
    const { start, end } = await this.log.bounds(topic, partition);
    let from = Math.max(start, this.positions.get(partition) ?? 0);
    while (from < end) {
      const records = await this.log.read(topic, partition, from, readBatch);
      const last = records.at(-1);
      if (last === undefined) break;
      await this.codec.prepare(records.map((record) => record.value));
      for (const record of records) {
        const input = readableInput<typeof topic>(this.codec, record);
        if (input !== undefined) this.apply(input.record, partition);
      }
      from = last.offset + 1;
    }
    this.positions.set(partition, from);
  }

  private apply(event: ArchiveEvent, partition: number): void {
    let known = this.streams.get(event.streamId);
    if (known === undefined) {
      const { channelId, atMs: lastAtMs } = event;
      const lists = { segments: [], sound: [], sequences: new Set<number>(), soundSequences: new Set<number>() };
      known = { channelId, partition, lastAtMs, ended: false, ...lists };
      this.streams.set(event.streamId, known);
    }
    known.lastAtMs = Math.max(known.lastAtMs, event.atMs);
    if (event.opened !== null) known.opened = event.opened;
    if (event.ended !== null) known.ended = true;
    addOnce(event.segment, known.segments, known.sequences);
    addOnce(event.sound, known.sound, known.soundSequences);
  }
}

function addOnce(segment: ArchiveSegment | null, segments: ArchiveSegment[], sequences: Set<number>): void {
  if (segment === null || sequences.has(segment.sequence)) return;
  sequences.add(segment.sequence);
  segments.push(segment);
}

function viewOf(streamId: string, { channelId, opened, segments, sound, ended }: Known): ArchiveView | undefined {
  if (opened === undefined) return undefined;
  return { streamId, channelId, opened, segments, ended, ...(sound.length === 0 ? {} : { sound }) };
}
