import { liveEvent } from '../../src/domain/liveevent.ts';
import type { LiveEvent } from '../../src/domain/records.gen.ts';

/** A small deterministic generator (mulberry32), so that a test prints a seed and can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface MadeChatOptions {
  readonly seed: number;
  readonly streamId: string;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  /** A burst of reactions begins at each multiple of this many seconds. */
  readonly burstEverySec: number;
}

export const madeZeroMs = Date.UTC(2026, 2, 1);
const talk = ['so', 'what', 'do', 'you', 'think', 'about', 'this', 'one', 'today', 'maybe', 'later', 'hello'];
const cheers = ['WOW', 'POGGERS', 'HAHAHA', 'OMG', 'NO WAY', 'LETS GO', 'insane', 'clip it'];

/** A broadcast's events in time order, start and end included: quiet talk with bursts of reactions. */
export function madeChat(options: MadeChatOptions): LiveEvent[] {
  const { seed, streamId, seconds, messagesPerSecond, burstEverySec } = options;
  const random = seeded(seed);
  const channelId = `channel-of-${streamId}`;
  const mark = (kind: string, atMs: number): LiveEvent =>
    liveEvent({ eventId: kind, streamId, channelId, source: 'chat', atMs, kind });
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? '';
  const events = [mark('streamStarted', madeZeroMs)];
  for (let second = 0; second < seconds; second += 1) {
    const inBurst = second > 0 && second % burstEverySec < 10;
    const count = Math.round(messagesPerSecond * (inBurst ? 5 : 1) * (0.5 + random()));
    const times = Array.from({ length: count }, () => Math.floor(random() * 1_000)).sort((a, b) => a - b);
    for (const [index, ms] of times.entries()) {
      const text = inBurst && random() < 0.8 ? pick(cheers) : `${pick(talk)} ${pick(talk)} ${pick(talk)}`;
      const userId = `user${Math.floor(random() * 300)}`;
      const fields = { eventId: `${second}.${index}`, streamId, channelId, source: 'chat', kind: 'chat' };
      const atMs = madeZeroMs + second * 1_000 + ms;
      events.push(liveEvent({ ...fields, atMs }, { chat: { userId, text, emotes: [], roles: [] } }));
    }
  }
  return [...events, mark('streamEnded', madeZeroMs + seconds * 1_000)];
}
