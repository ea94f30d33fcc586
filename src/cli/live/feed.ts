import type { Clock } from '../../ports/clock.ts';
import type { ChatSource } from '../../ports/source.ts';
import type { SourceNotices } from './notices.ts';

/** A live broadcast: its events as they come, and its playlist. */
export interface LiveFeed {
  readonly chat: ChatSource;
  /** Says what of chat gives nothing, if anybody does; the same object when the broadcast is tried again. */
  readonly notices?: SourceNotices;
  /** Whether chat comes from a pipe, which does not begin anew after a restart. */
  readonly piped?: boolean;
  /** Address or path of the playlist. */
  readonly hls: string;
  /** Whether a playlist that fails is tried again while chat goes on; else the broadcast fails with it. */
  readonly patient?: boolean;
  /** The time by which the playlist is polled. */
  readonly archiveTime: Clock;
  /** Id of the broadcast where neither `ids` nor its records name one. */
  readonly name: string;
  readonly ids?: { readonly streamId: string; readonly channelId: string };
  readonly category: string;
  readonly startedAtMs: number | undefined;
}
