/** What a chat importer makes of one source record. Times are milliseconds; the importer never reads a clock. */
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
      /** Known kinds that scoring does not use. */
      readonly kind: 'ignored';
      readonly position: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'damaged';
      readonly position: number;
      readonly reason: string;
      /** The record, cut to 64 KiB, and its whole length in bytes. */
      readonly raw: Uint8Array;
      readonly rawBytes: number;
    };

/** An event before it is given ids and pseudonyms: user names are plain here and only here. */
export type SourceEvent =
  | {
      readonly kind: 'chat';
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
  | { readonly kind: 'deletion'; readonly targetId: string; readonly targetUser: string }
  | { readonly kind: 'mode'; readonly name: string; readonly on: boolean; readonly seconds: number };

/** A recognised chat export. Reading it needs memory that does not grow with its size. */
export interface ChatSource {
  /** Name of the format, such as `twitch-downloader`. */
  readonly format: string;
  /** Yields in file order, in batches; can be iterated once. */
  items(signal?: AbortSignal): AsyncIterable<readonly SourceItem[]>;
}
