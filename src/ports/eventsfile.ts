import type { ArchiveEvent, ChannelSettings, LiveEvent } from '../domain/records.gen.ts';

/** A broadcast as the header of its file tells of it. */
export interface FiledBroadcast {
  readonly streamId: string;
  readonly channelId: string;
  /** Event time of its zero and of its end, milliseconds since 1970-01-01 UTC. */
  readonly zeroAtMs: number;
  readonly endedAtMs: number;
}

/** A record of one of three topics, with where it lay: exactly one of the last three is set. */
export interface FiledRecord {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly appendedAtMs: number;
  readonly settings: ChannelSettings | null;
  readonly archive: ArchiveEvent | null;
  readonly event: LiveEvent | null;
}

/** Files that hold all events of a broadcast: its settings, then its archive's events, then its live events in log order. */
export interface EventsFiles {
  /**
   * Writes a file and makes it durable; equal records give equal bytes. `grow` is told of its size, in bytes, before it
   * becomes that large, and can refuse. Memory does not grow with the number of records.
   */
  write(
    path: string,
    broadcast: FiledBroadcast,
    records: AsyncIterable<readonly FiledRecord[]>,
    grow: (bytes: number) => Promise<void>,
  ): Promise<void>;
  /** Rejects with `corrupt` for what is no such file. */
  header(path: string): Promise<FiledBroadcast>;
  /** The records in batches; rejects with `corrupt` where the file is damaged or ends early. */
  read(path: string): AsyncIterable<readonly FiledRecord[]>;
}
