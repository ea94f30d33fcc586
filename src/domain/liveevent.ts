import type { LiveEvent } from './records.gen.ts';

type BodyName = 'chat' | 'viewers' | 'support' | 'raid' | 'marker' | 'deletion' | 'mode' | 'started' | 'ended';

/** What a live event may have beside its kind: one of these or none. */
export type LiveBodies = Pick<LiveEvent, BodyName>;
export type LiveFields = Omit<LiveEvent, BodyName>;

/** An event with one body or none; all other bodies are null. Written out, since it is made a million times. */
export function liveEvent(fields: LiveFields, body: Partial<LiveBodies> = {}): LiveEvent {
  return {
    eventId: fields.eventId,
    streamId: fields.streamId,
    channelId: fields.channelId,
    source: fields.source,
    atMs: fields.atMs,
    kind: fields.kind,
    chat: body.chat ?? null,
    viewers: body.viewers ?? null,
    support: body.support ?? null,
    raid: body.raid ?? null,
    marker: body.marker ?? null,
    deletion: body.deletion ?? null,
    mode: body.mode ?? null,
    started: body.started ?? null,
    ended: body.ended ?? null,
  };
}
