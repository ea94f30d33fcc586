import type { LiveEvent } from '../../../domain/records.gen.ts';
import type { NativeEvent } from '../../../ports/source.ts';
import type { RecordMapper } from '../items.ts';
import { isObject, type JsonObject } from '../json.ts';
import { conform, type Shape } from '../nativeshape.ts';

/** Whether a value is a record of Cliptide's own NDJSON. */
export function isNativeRecord(value: unknown): boolean {
  return isObject(value) && typeof value.kind === 'string' && 'atMs' in value;
}

const strings: Shape = { type: 'strings', otherwise: [] };
const text: Shape = { type: 'string' };
const flag: Shape = { type: 'boolean' };
const int: Shape = { type: 'int' };
const long: Shape = { type: 'long' };
const optional: Shape = { type: 'string', otherwise: null };

type Body = readonly [field: keyof LiveEvent, shape: Readonly<Record<string, Shape>>];

/** Field of a known kind, and the shape of what it holds (schemas/live.analytics.avsc). */
const bodies: ReadonlyMap<string, Body> = new Map(
  Object.entries<Body>({
    chat: ['chat', { userId: text, text, emotes: strings, roles: strings }],
    viewers: ['viewers', { count: long }],
    support: ['support', { userId: text, type: text, count: int, amountMicros: long, currency: text }],
    raid: ['raid', { fromChannel: text, viewers: long }],
    marker: ['marker', { userId: text, note: text, trusted: flag }],
    deletion: ['deletion', { targetEventId: optional, targetUserId: optional }],
    mode: ['mode', { name: text, on: flag, seconds: int }],
    streamStarted: ['started', { category: text, title: text }],
    streamEnded: ['ended', { read: long, deadLettered: long, ignored: long }],
  }),
);

/** Kinds whose body may be left out: they say enough by themselves. */
const bodyless: ReadonlySet<string> = new Set(['streamStarted', 'streamEnded']);

const ids = ['eventId', 'streamId', 'channelId', 'source'] as const;

/**
 * Cliptide's own NDJSON: records of live.analytics as JSON. Ids, source, null fields and the lists of a chat message
 * may be absent. A kind that is not known here is handed on as it is.
 */
export function nativeMapper(): RecordMapper<JsonObject> {
  return (record, position) => {
    const { kind, atMs } = record;
    if (typeof kind !== 'string' || kind === '') return 'kind is missing or no text';
    if (typeof atMs !== 'number' || !Number.isFinite(atMs)) return 'atMs is missing or no number';
    if (Math.abs(atMs) > latest) return 'atMs is no time';
    const event: Record<string, unknown> = { kind, atMs: Math.round(atMs) };
    for (const id of ids) {
      const value = record[id];
      if (value === undefined || value === null) continue;
      if (typeof value !== 'string') return `${id} is no text`;
      event[id] = value.toWellFormed();
    }
    const wrong = addBody(record, kind, event);
    return wrong ?? [{ kind: 'native', position, event: event as unknown as NativeEvent }];
  };
}

/** The last time that a date can be, in milliseconds (ECMA-262). */
const latest = 8.64e15;

/** Adds the body of a known kind; says what is wrong with it, if anything is. */
function addBody(record: JsonObject, kind: string, event: Record<string, unknown>): string | undefined {
  const known = bodies.get(kind);
  if (known === undefined) return undefined;
  const [field, shape] = known;
  const body = record[field];
  if (body === undefined || body === null) return bodyless.has(kind) ? undefined : `${field} is missing`;
  if (!isObject(body)) return `${field} is no object`;
  const conformed = conform(body, shape);
  if (typeof conformed === 'string') return `${field}.${conformed}`;
  event[field] = conformed;
  return undefined;
}
