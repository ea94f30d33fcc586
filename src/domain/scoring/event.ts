import type { LiveEvent } from '../records.gen.ts';
import { hash32, hash53 } from './hash.ts';

/** Kinds that scoring uses, with the code by which they are stored. */
const codes = { chat: 0, viewers: 1, support: 2, raid: 3, marker: 4 } as const;
export type ScoredKind = keyof typeof codes;
export const scoredKinds = Object.keys(codes) as readonly ScoredKind[];

/** What scoring keeps of an event while it waits for its turn. */
export interface ScoredEvent {
  readonly atMs: number;
  /** Hash of the event's id; it decides among events of the same time, so that their order never depends on arrival. */
  readonly id: number;
  readonly kind: ScoredKind;
  /** Hash of the user's pseudonym; 0 where there is none. */
  readonly user: number;
  /** Of a chat message: well-formed, cut to 300 characters. */
  readonly text: string;
  /** Of a chat message: written by a bot. Of a marker: trusted. */
  readonly flag: boolean;
  /** Viewers, number of gifts and the like. */
  readonly amount: number;
}

const longestText = 300;

export const isScored = (kind: string): kind is ScoredKind => Object.hasOwn(codes, kind);

/** Pseudonym of who acted, or null. */
export const userOf = (event: LiveEvent): string | null =>
  event.chat?.userId ?? event.support?.userId ?? event.marker?.userId ?? null;

/** A valid event of a scored kind in the form in which it is kept. */
export function scoredEvent(event: LiveEvent, kind: ScoredKind): ScoredEvent {
  const user = userOf(event);
  return {
    atMs: event.atMs,
    id: hash53(event.eventId),
    kind,
    user: user === null || user === '' ? 0 : hash32(user),
    text: event.chat === null ? '' : event.chat.text.slice(0, longestText).toWellFormed(),
    flag: event.chat?.roles.includes('bot') ?? event.marker?.trusted ?? false,
    amount: event.viewers?.count ?? event.support?.count ?? event.raid?.viewers ?? 0,
  };
}
