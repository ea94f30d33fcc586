import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { chances, chatOf, ended, liveEvent, said, started } from '../support/chatstream.ts';

/** Ordinary chat at an even rate with a moment every ten minutes, from its start to its end. */
export function busyChat(seconds: number, perSecond: number): readonly LiveEvent[] {
  const moments = Array.from({ length: Math.floor(seconds / 600) }, (_, index) => index * 600 + 300);
  const chat = chatOf({ seconds, perSecond, moments });
  return [liveEvent('start', 0, started), ...chat, liveEvent('end', seconds + 1, ended())];
}

const words = 9_000;
const chatters = 2_000;

/**
 * Chat that uses a language: thousands of words, the frequent ones far more often, by thousands of people. What scoring
 * keeps of it is as large as it gets with real chat. From a second of the broadcast to another.
 */
export function wideChat(fromSec: number, toSec: number, perSecond: number): readonly LiveEvent[] {
  const chance = chances(fromSec + 1);
  const word = (): string => `w${Math.floor(chance() ** 3 * words)}`;
  return Array.from({ length: (toSec - fromSec) * perSecond }, (_, n) => {
    const text = Array.from({ length: 1 + Math.floor(chance() * 7) }, word).join(' ');
    const body = said(`user${Math.floor(chance() * chatters)}`, text);
    return liveEvent(`${fromSec}.${n}`, fromSec + (n + chance()) / perSecond, body);
  });
}
