import { liveEvent } from '../../src/domain/liveevent.ts';
import type { LiveEvent } from '../../src/domain/records.gen.ts';

/** A chat message as the topic carries it, with what is given instead of the defaults. */
export function chatEvent(changes: Partial<LiveEvent> = {}, text = 'what a play'): LiveEvent {
  const fields = { eventId: 'event-1', streamId: 'stream-1', channelId: 'channel-1', source: 'chat', kind: 'chat' };
  const chat = { userId: 'user-1', text, emotes: ['Kappa'], roles: [] };
  return { ...liveEvent({ ...fields, atMs: 1_700_000_000_123 }, { chat }), ...changes };
}
