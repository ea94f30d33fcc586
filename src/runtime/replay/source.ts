import type { ArchiveEvent, ChannelSettings, EndedStream } from '../../domain/records.gen.ts';
import type { SchemaCodec } from '../../ports/codec.ts';
import type { LogRecord } from '../../ports/eventlog.ts';
import type { EventsFiles, FiledRecord } from '../../ports/eventsfile.ts';
import { appliedSettings } from '../appliedsettings.ts';
import { archiveRecords, liveRecords, type Topics } from '../broadcastrecords.ts';

/** A broadcast that has ended, as a replay takes it in: whole, and the same wherever it comes from. */
export interface ReplaySource {
  /** The settings that it was scored by, oldest first. */
  settings(): Promise<readonly ChannelSettings[]>;
  /** What is known of its archive, with its end: it grows no more. */
  archive(): Promise<readonly ArchiveEvent[]>;
  /** Its live events in log order, with the partition and the offset that they had. */
  live(): AsyncIterable<readonly LogRecord[]>;
}

/** From the topics that still hold it. */
export function topicSource(topics: Topics, ended: EndedStream): ReplaySource {
  return {
    settings: () => appliedSettings(topics, ended),
    archive: async () => endedArchive((await archiveRecords(topics, ended)).map(({ record }) => record)),
    live: async function* () {
      for await (const batch of liveRecords(topics, ended)) yield batch.map(({ log }) => log);
    },
  };
}

/** From its file. Rejects with `corrupt` where that is damaged. */
export function fileSource(files: EventsFiles, path: string, codec: SchemaCodec): ReplaySource {
  // The records in front of the first live event are few, and are read once for each of the two that ask for them.
  const inFront = async (): Promise<readonly FiledRecord[]> => {
    const found: FiledRecord[] = [];
    for await (const batch of files.read(path)) {
      found.push(...batch.filter(({ event }) => event === null));
      if (batch.some(({ event }) => event !== null)) break;
    }
    return found;
  };
  return {
    settings: async () => (await inFront()).flatMap(({ settings }) => settings ?? []),
    archive: async () => endedArchive((await inFront()).flatMap(({ archive }) => archive ?? [])),
    live: async function* () {
      for await (const batch of files.read(path)) yield batch.flatMap((record) => logRecord(record, codec));
    },
  };
}

function logRecord({ partition, offset, appendedAtMs, event }: FiledRecord, codec: SchemaCodec): LogRecord[] {
  if (event === null) return [];
  const topic = 'live.analytics';
  const value = codec.encode(topic, event);
  return [{ topic, partition, offset, key: event.channelId, value, headers: {}, appendedAtMs }];
}

/** The broadcast is over, so its archive is, too, whether or not somebody was there to say so. */
function endedArchive(events: readonly ArchiveEvent[]): readonly ArchiveEvent[] {
  const first = events[0];
  if (first === undefined || events.some(({ ended }) => ended !== null)) return events;
  const ends = events.map(({ segment }) => (segment === null ? 0 : segment.startMs + segment.durationMs));
  const ended = { durationMs: ends.reduce((latest, end) => Math.max(latest, end), 0) };
  const end = { ...first, eventId: 'replay:ended', kind: 'ended', opened: null, segment: null, ended, sound: null };
  return [...events, end];
}
