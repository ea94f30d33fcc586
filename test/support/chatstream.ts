import { liveEvent as made } from '../../src/domain/liveevent.ts';
import type { LiveEvent } from '../../src/domain/records.gen.ts';

export const zeroAtMs = Date.UTC(2024, 4, 1, 18, 0, 0);

/** A seeded source of numbers from 0 to 1 (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export type Body = Partial<LiveEvent> & { readonly kind: string };

/** A live event `second` seconds after the zero; its id is `id`. */
export function liveEvent(id: string, second: number, body: Body): LiveEvent {
  const atMs = zeroAtMs + Math.round(second * 1000);
  const fields = { eventId: id, streamId: 'stream-1', channelId: 'channel-1', source: 'chat', atMs, ...body };
  return made(fields, body);
}

export const said = (userId: string, text: string, roles: readonly string[] = []): Body => ({
  kind: 'chat',
  chat: { userId, text, emotes: [], roles },
});
export const started: Body = { kind: 'streamStarted', started: { category: '', title: '' } };
export const ended = (deadLettered = 0, ignored = 0): Body => ({
  kind: 'streamEnded',
  ended: { read: 0, deadLettered, ignored },
});

const talk = 'the stream is about some map they played again and nobody knows why it was long today maybe later'.split(
  ' ',
);
const cheers = ['POG', 'wow', 'LUL', 'OMG', 'hahaha', 'WTF', 'insane', 'NICE', 'clip it', 'what??', 'LETS GO', 'gg'];

export interface ChatPlan {
  readonly seconds: number;
  readonly perSecond: number;
  /** Seconds in which chat reacts: 40 messages of different people over 10 s. */
  readonly moments: readonly number[];
  readonly seed?: number;
}

const pick = <T>(list: readonly T[], chance: number): T => list[Math.floor(chance * list.length)] as T;

/** Ordinary chat with moments in it, in the order of time, without start and end. */
export function chatOf(plan: ChatPlan): LiveEvent[] {
  const chance = chances(plan.seed ?? 1);
  const sentence = (): string =>
    Array.from({ length: 2 + Math.floor(chance() * 8) }, () => pick(talk, chance())).join(' ');
  const drafts: { second: number; body: Body }[] = [];
  for (let i = 0; i < plan.seconds * plan.perSecond; i += 1) {
    const text = chance() < 0.04 ? pick(cheers, chance()) : sentence();
    drafts.push({ second: chance() * plan.seconds, body: said(`u${Math.floor(chance() * 300)}`, text) });
  }
  for (const moment of plan.moments) {
    for (let i = 0; i < 40; i += 1) {
      drafts.push({ second: moment + chance() * 10, body: said(`u${i * 7}`, pick(cheers, chance())) });
    }
  }
  drafts.sort((a, b) => a.second - b.second);
  return drafts.map(({ second, body }, i) => liveEvent(`e${i}`, second, body));
}
