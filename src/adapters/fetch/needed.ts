import type { ArchiveView } from '../../domain/mediaclock/view.ts';
import type { ArchiveSegment, SegmentRange } from '../../domain/records.gen.ts';
import type { FetchedBody } from '../../ports/fetcher.ts';
import type { ContentKind } from './objectname.ts';

/** An object that somebody needs. */
export interface Needed {
  readonly key: string;
  readonly channelId: string;
  readonly streamId: string;
  readonly wanted: 'init' | 'segment';
  readonly range: SegmentRange;
  readonly init: SegmentRange | null;
  /** Where it is listed: its length, and what to ask in case its address is refused. */
  readonly listed?: { readonly archive: ArchiveView; readonly segment: ArchiveSegment };
}

/** Writes a body, with other bytes in front of it, as the object that is being got. */
export type Write = (body: FetchedBody, init?: Uint8Array) => Promise<void>;

/** An object that is no segment. */
export interface NeededFile {
  readonly key: string;
  readonly channelId: string;
  readonly streamId: string;
  readonly kind: ContentKind;
  /** Of its bytes; empty for what is made here. */
  readonly origin: string;
  /** Bytes that the origin will send for it, null where they are not known; undefined for what is made here. */
  readonly fetched: number | null | undefined;
  /** Gets its bytes and hands them to `write`; `onBytes` is told of those that are read beside them. */
  readonly read: (write: Write, signal: AbortSignal, onBytes: (bytes: number) => Promise<void>) => Promise<void>;
}
