import type { LiveEvent } from '../records.gen.ts';
import { isClipCommand } from './clipcommand.ts';
import { hash32, hash53 } from './hash.ts';
import { modeCode } from './modes.ts';
import { supportClass } from './supportrarity.ts';

/** Kinds of live events that scoring uses, with the code by which they are stored. */
const liveCodes = { chat: 0, viewers: 1, support: 2, raid: 3, marker: 4, deletion: 5, mode: 6 } as const;
/** `clip` is a chat message that is a trusted person's command to clip. */
const codes = { ...liveCodes, clip: 7 } as const;
type LiveKind = keyof typeof liveCodes;
export type ScoredKind = keyof typeof codes;
export const scoredKinds = Object.keys(codes) as readonly ScoredKind[];

/** What scoring keeps of an event while it waits for its turn. */
export interface ScoredEvent {
  readonly atMs: number;
  /** Hash of the event's id; it decides among events of the same time, so that their order never depends on arrival. */
  readonly id: number;
  readonly kind: ScoredKind;
  /**
   * Of a chat message: hash of the author's pseudonym, 0 where there is none. Of a deletion: the same of whose messages
   * go, 0 where it is one message. Of support: its class (`supportClass`). 0 otherwise.
   */
  readonly user: number;
  /** Of a chat message: well-formed, cut to 300 characters. */
  readonly text: string;
  /** Of a chat message: written by a bot. Of a marker: trusted. Of a mode: switched on. */
  readonly flag: boolean;
  /** Viewers, number of gifts and the like. Of a deletion: `id` of the message that goes, or 0. Of a mode: its code. */
  readonly amount: number;
}

const longestText = 300;

/** Nearly all events are chat, which is told without a look-up. */
export const isScored = (kind: string): kind is LiveKind => kind === 'chat' || Object.hasOwn(liveCodes, kind);

/** Pseudonym of who acted, or null. */
export const userOf = (event: LiveEvent): string | null =>
  event.chat?.userId ?? event.support?.userId ?? event.marker?.userId ?? null;

const userHash = (user: string | null | undefined): number =>
  user === null || user === undefined || user === '' ? 0 : hash32(user);

/** A valid event of a scored kind in the form in which it is kept. */
export function scoredEvent(event: LiveEvent, kind: LiveKind): ScoredEvent {
  const { chat, deletion, mode, support } = event;
  const id = hash53(event.eventId);
  const { atMs } = event;
  if (chat !== null) {
    const flag = chat.roles.includes('bot');
    const text = chat.text.slice(0, longestText).toWellFormed();
    const clips = !flag && isClipCommand(chat.text, chat.roles);
    return { atMs, id, kind: clips ? 'clip' : kind, user: userHash(chat.userId), text, flag, amount: 0 };
  }
  const user = support === null ? userHash(deletion?.targetUserId) : supportClass(support);
  const flag = event.marker?.trusted ?? mode?.on ?? false;
  return { atMs, id, kind, user, text: '', flag, amount: amountOf(event) };
}

function amountOf({ deletion, mode, raid, support, viewers }: LiveEvent): number {
  if (deletion !== null) return deletion.targetEventId === null ? 0 : hash53(deletion.targetEventId);
  if (mode !== null) return modeCode(mode.name);
  return viewers?.count ?? support?.count ?? raid?.viewers ?? 0;
}
