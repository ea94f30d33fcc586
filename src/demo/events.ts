import { type LiveBodies, liveEvent } from '../domain/liveevent.ts';
import type { Chat, LiveEvent, Support } from '../domain/records.gen.ts';
import { CHANNEL_ID, STREAM_ID, ZERO_AT_MS } from './plan.ts';
import { emoteNames } from './words.ts';

/** An event before it is sorted in and gets its id. */
export type Draft = Omit<LiveEvent, 'eventId'>;

/** `sec` is a second of the broadcast; it is cut to whole milliseconds. */
function at(sec: number, source: string, kind: string, body: Partial<LiveBodies> = {}): Draft {
  const atMs = ZERO_AT_MS + Math.floor(sec * 1000);
  const { eventId: _none, ...draft } = liveEvent(
    { eventId: '', streamId: STREAM_ID, channelId: CHANNEL_ID, source, atMs, kind },
    body,
  );
  return draft;
}

/** A made-up person or bot of the chat. */
export interface Person {
  readonly userId: string;
  readonly roles: Chat['roles'];
}

export function says(sec: number, person: Person, text: string): Draft {
  const emotes = text.split(' ').filter((word) => emoteNames.has(word));
  return at(sec, 'chat', 'chat', { chat: { userId: person.userId, text, emotes, roles: person.roles } });
}

export function supports(sec: number, person: Person, type: Support['type'], count: number): Draft {
  const support = { userId: person.userId, type, count, amountMicros: 0, currency: '' };
  return at(sec, 'chat', 'support', { support });
}

export function raids(sec: number, fromChannel: string, viewers: number): Draft {
  return at(sec, 'chat', 'raid', { raid: { fromChannel, viewers } });
}

export function starts(category: string, title: string): Draft {
  return at(0, 'chat', 'streamStarted', { started: { category, title } });
}

/** `read` is the number of source records that became events. */
export function endsAt(sec: number, read: number): Draft {
  return at(sec, 'chat', 'streamEnded', { ended: { read, deadLettered: 0, ignored: 0 } });
}

/**
 * A viewer count, and the mark that its source is silent until the next one: counts come every 15 s, and without the
 * mark the broadcast's watermark would wait for them.
 */
export function counts(sec: number, count: number): readonly Draft[] {
  return [at(sec, 'viewers', 'viewers', { viewers: { count } }), at(sec, 'viewers', 'idle')];
}
