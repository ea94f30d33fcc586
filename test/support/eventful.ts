import type { LiveEvent } from '../../src/domain/records.gen.ts';
import type { Output } from '../../src/runtime/stage.ts';
import { chances, chatOf, ended, liveEvent, said, started } from './chatstream.ts';

/** The events as they could arrive: each later than its time by less than the lateness bound. */
export function delayed(events: readonly LiveEvent[], seed: number, latenessMs: number): LiveEvent[] {
  const chance = chances(seed);
  return events
    .map((event) => ({ event, atMs: event.atMs + chance() * latenessMs }))
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ event }) => event);
}

/** Outputs as JSON without the counts of what came, and without places in the log. */
export const withoutFates = (list: readonly Output[]): string =>
  JSON.stringify(list, (key, value) => (key === 'fates' || key === 'endOffset' ? undefined : value));

/** Every kind of event, a wave of copies and a loud user, among the first eight minutes of a broadcast. */
function oddities(): LiveEvent[] {
  return [
    ...[20, 90, 150, 210].map((at, i) => liveEvent(`v${i}`, at, { kind: 'viewers', viewers: { count: 100 + 50 * i } })),
    ...[60, 61, 190].map((at, i) =>
      liveEvent(`s${i}`, at, {
        kind: 'support',
        support: { userId: `u${i}`, type: 'gift', count: 5, amountMicros: 0, currency: '' },
      }),
    ),
    liveEvent('r', 300, { kind: 'raid', raid: { fromChannel: 'x', viewers: 80 } }),
    liveEvent('m1', 220, { kind: 'marker', marker: { userId: 'u1', note: '', trusted: true } }),
    liveEvent('m2', 230, { kind: 'marker', marker: { userId: 'u2', note: '', trusted: false } }),
    ...Array.from({ length: 60 }, (_, i) =>
      liveEvent(`c${i}`, 70 + i, said(`w${i}`, 'the same long text again and again')),
    ),
    ...Array.from({ length: 60 }, (_, i) => liveEvent(`l${i}`, 100 + i / 3, said('loud', `POG ${i}`))),
  ];
}

/**
 * A broadcast with every kind of event, copies, duplicates, a source that falls idle and a jump of twenty minutes; all but
 * its first events arrive in an order of their own for each seed, within the default lateness bound.
 */
export function eventful(seed: number): LiveEvent[] {
  const chat = chatOf({ seconds: 480, perSecond: 1.5, moments: [130, 250, 400] });
  const all = [...chat, ...oddities()].sort((a, b) => a.atMs - b.atMs);
  const jumped = chat.map((one) => ({ ...one, eventId: `j${one.eventId}`, atMs: one.atMs + 20 * 60_000 }));
  const twice = [...all, ...jumped].flatMap((event, i) => (i % 4 === 0 ? [event, event] : [event]));
  const other = liveEvent('other', 10, { source: 'other', kind: 'viewers', viewers: { count: 100 } });
  const idle = liveEvent('idle', 11, { source: 'other', kind: 'idle' });
  return [
    liveEvent('start', 0, started),
    ...twice.slice(0, 20),
    other,
    ...twice.slice(20, 40),
    idle,
    ...delayed(twice.slice(40), seed, 1900),
    liveEvent('end', 480, ended()),
  ];
}
