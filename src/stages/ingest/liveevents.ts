import { liveEvent } from '../../domain/liveevent.ts';
import type { LiveEvent } from '../../domain/records.gen.ts';
import type { NativeEvent, SourceEvent, SourceItem } from '../../ports/source.ts';
import type { Occurrences } from './occurrences.ts';

/** What every event of a broadcast has in common. */
export interface EventContext {
  readonly streamId: string;
  readonly channelId: string;
  readonly zeroAtMs: number;
  readonly occurrences: Occurrences;
  readonly pseudonym: (user: string) => string;
}

/** Event time of an item, in milliseconds since 1970-01-01 UTC. */
export function timeOf(item: Extract<SourceItem, { kind: 'event' | 'native' }>, zeroAtMs: number): number {
  if (item.kind === 'native') return item.event.atMs;
  return 'clockMs' in item.time ? item.time.clockMs : Math.round(zeroAtMs + item.time.offsetMs);
}

/** Who acted in an item: the user's name or, in Cliptide's own records, pseudonym; empty where nobody did. */
export function userOf(item: Extract<SourceItem, { kind: 'event' | 'native' }>): string {
  if (item.kind === 'event') return authorOf(item.event);
  const { chat, support, marker } = item.event;
  return chat?.userId ?? support?.userId ?? marker?.userId ?? '';
}

export function toLiveEvent(item: Extract<SourceItem, { kind: 'event' | 'native' }>, context: EventContext): LiveEvent {
  const atMs = timeOf(item, context.zeroAtMs);
  if (item.kind === 'native') return fromNative(item.event, atMs, context);
  const { event } = item;
  const eventId = item.id === '' ? context.occurrences.idOf(atMs, authorOf(event), contentOf(event)) : item.id;
  const { streamId, channelId } = context;
  const source = event.kind === 'viewers' ? 'viewers' : 'chat';
  return liveEvent({ eventId, streamId, channelId, source, atMs, kind: event.kind }, bodyOf(event, context));
}

function fromNative(event: NativeEvent, atMs: number, context: EventContext): LiveEvent {
  const author = event.chat?.userId ?? event.support?.userId ?? '';
  const eventId = event.eventId ?? context.occurrences.idOf(atMs, author, `${event.kind} ${event.chat?.text ?? ''}`);
  const fields = {
    eventId,
    streamId: context.streamId,
    channelId: event.channelId ?? context.channelId,
    source: event.source ?? (event.kind === 'viewers' ? 'viewers' : 'chat'),
    atMs,
    kind: event.kind,
  };
  return liveEvent(fields, event);
}

function bodyOf(event: SourceEvent, { pseudonym }: EventContext): Partial<LiveEvent> {
  switch (event.kind) {
    case 'chat': {
      const { text, emotes, roles } = event;
      return { chat: { userId: pseudonym(event.user), text, emotes, roles } };
    }
    case 'support': {
      const { type, count, amountMicros, currency } = event;
      return { support: { userId: pseudonym(event.user), type, count, amountMicros, currency } };
    }
    case 'raid':
      return { raid: { fromChannel: event.fromChannel, viewers: event.viewers } };
    case 'viewers':
      return { viewers: { count: event.count } };
    case 'marker':
      return { marker: { userId: pseudonym(event.user), note: event.note, trusted: event.trusted } };
    case 'deletion': {
      const targetUserId = event.targetUser === '' ? null : pseudonym(event.targetUser);
      return { deletion: { targetEventId: event.targetId === '' ? null : event.targetId, targetUserId } };
    }
    case 'mode':
      return { mode: { name: event.name, on: event.on, seconds: event.seconds } };
  }
}

const authorOf = (event: SourceEvent): string => ('user' in event ? event.user : '');

const contentOf = (event: SourceEvent): string =>
  event.kind === 'chat' ? event.text : JSON.stringify(Object.values(event));
