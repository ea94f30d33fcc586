import type { LiveEvent } from '../../src/domain/records.gen.ts';

const nothing = {
  chat: null,
  viewers: null,
  support: null,
  raid: null,
  marker: null,
  deletion: null,
  mode: null,
  started: null,
  ended: null,
} as const;

/** A chat message as the topic carries it, with what is given instead of the defaults. */
export function chatEvent(changes: Partial<LiveEvent> = {}, text = 'what a play'): LiveEvent {
  return {
    eventId: 'event-1',
    streamId: 'stream-1',
    channelId: 'channel-1',
    source: 'chat',
    atMs: 1_700_000_000_123,
    kind: 'chat',
    ...nothing,
    chat: { userId: 'user-1', text, emotes: ['Kappa'], roles: [] },
    ...changes,
  };
}
