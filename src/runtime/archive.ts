import type { ArchiveEvent, ArchiveOpened, ArchiveSegment } from '../domain/records.gen.ts';
import type { ArchiveLookup } from '../ports/archive.ts';
import type { SchemaCodec } from '../ports/codec.ts';
import type { EventLog } from '../ports/eventlog.ts';
import type { ArchiveView } from '../ports/mediacache.ts';
import { readableInput } from './records.ts';

const topic = 'archive.events';
const readBatch = 1_000;

interface Known {
  opened?: ArchiveOpened;
  channelId: string;
  ended: boolean;
  readonly segments: ArchiveSegment[];
  /** Sequence numbers seen: a watcher that restarts may report a segment twice. */
  readonly sequences: Set<number>;
}

/** `archive.events` as a table by stream, read on demand up to the log's end, without a consumer group. */
export class ArchiveTable implements ArchiveLookup {
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
    const partition = this.log.partitionOf(topic, channelId);
    // Callers at the same time share one reading, and a later one starts where it ended.
    await this.catchingUp.get(partition);
    const reading = this.catchUp(partition).finally(() => this.catchingUp.delete(partition));
    this.catchingUp.set(partition, reading);
    await reading;
    const known = this.streams.get(streamId);
    if (known?.opened === undefined) return undefined;
    return { streamId, channelId: known.channelId, opened: known.opened, segments: known.segments, ended: known.ended };
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
        if (input !== undefined) this.apply(input.record);
      }
      from = last.offset + 1;
    }
    this.positions.set(partition, from);
  }

  private apply(event: ArchiveEvent): void {
    let known = this.streams.get(event.streamId);
    if (known === undefined) {
      known = { channelId: event.channelId, ended: false, segments: [], sequences: new Set() };
      this.streams.set(event.streamId, known);
    }
    if (event.opened !== null) known.opened = event.opened;
    if (event.ended !== null) known.ended = true;
    const segment = event.segment;
    if (segment !== null && !known.sequences.has(segment.sequence)) {
      known.sequences.add(segment.sequence);
      known.segments.push(segment);
    }
  }
}
