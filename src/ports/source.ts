import type { LiveEvent } from '../domain/records.gen.ts';

/** A record of live.analytics as a file may give it: ids, the source's name and every nullable field may be absent. */
export type NativeEvent = Partial<LiveEvent> & Pick<LiveEvent, 'kind' | 'atMs'>;

/**
 * What a chat importer makes of one source record. Times are milliseconds; the importer never reads a clock.
 * A record that holds several actions (YouTube) or messages (glued IRC) can give several items with one position; they
 * come in one batch.
 */
export type SourceItem =
  | {
      readonly kind: 'event';
      /** Line (or number of the record in the file), from 1. */
      readonly position: number;
      /** Relative to the broadcast's zero, or clock time since 1970-01-01 UTC; one of the two, by format. */
      readonly time: { readonly offsetMs: number } | { readonly clockMs: number };
      /** The platform's id of the record, or empty where it has none. */
      readonly id: string;
      readonly event: SourceEvent;
    }
  | {
      /**
       * A record of Cliptide's own NDJSON. It is an event already, with its user ids as they shall stay; what it lacks
       * (ids, source, nullable fields) is filled in by ingest.
       */
      readonly kind: 'native';
      readonly position: number;
      readonly event: NativeEvent;
    }
  | {
      /** Known kinds that scoring does not use. */
      readonly kind: 'ignored';
      readonly position: number;
      readonly reason: string;
      /** How many records up to this one it stands for; 1 unless given. */
      readonly count?: number;
    }
  | {
      readonly kind: 'damaged';
      readonly position: number;
      /** What is wrong and where: a field, or the byte where the record begins. */
      readonly reason: string;
      /** The record, cut to 64 KiB, and its whole length in bytes. */
      readonly raw: Uint8Array;
      readonly rawBytes: number;
    };

/** An event before it is given ids and pseudonyms: user names are plain here and only here. */
export type SourceEvent =
  | {
      readonly kind: 'chat';
      /** The platform's id of the author where the file has one, else the name; empty for a deleted account. */
      readonly user: string;
      readonly text: string;
      readonly emotes: readonly string[];
      readonly roles: readonly string[];
    }
  | {
      readonly kind: 'support';
      readonly user: string;
      readonly type: string;
      readonly count: number;
      readonly amountMicros: number;
      readonly currency: string;
    }
  | { readonly kind: 'raid'; readonly fromChannel: string; readonly viewers: number }
  | { readonly kind: 'viewers'; readonly count: number }
  | { readonly kind: 'marker'; readonly user: string; readonly note: string; readonly trusted: boolean }
  /** `targetId` is empty where all messages of `targetUser` go, and the other way round. */
  | { readonly kind: 'deletion'; readonly targetId: string; readonly targetUser: string }
  | { readonly kind: 'mode'; readonly name: string; readonly on: boolean; readonly seconds: number };

/** A recognised chat export. Reading it needs memory that does not grow with its size. */
export interface ChatSource {
  /** Name of the format, such as `twitch-downloader`. */
  readonly format: string;
  /** Where it comes from, for people: a path, or standard input. */
  readonly name?: string;
  /** Whether it is a pipe, which goes on after a restart instead of beginning anew. */
  readonly goesOn?: boolean;
  /** What positions count; `line` where it is not said. */
  readonly unit?: 'line' | 'record';
  /**
   * Yields in file order, in batches; can be iterated once. Rejects with `input` at its end when no item was an event
   * (nothing usable); a source that is followed live just ends.
   */
  items(signal?: AbortSignal): AsyncIterable<readonly SourceItem[]>;
}
