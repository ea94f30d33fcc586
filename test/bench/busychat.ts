import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { chatOf, ended, liveEvent, started } from '../support/chatstream.ts';

/** Ordinary chat at an even rate with a moment every ten minutes, from its start to its end. */
export function busyChat(seconds: number, perSecond: number): readonly LiveEvent[] {
  const moments = Array.from({ length: Math.floor(seconds / 600) }, (_, index) => index * 600 + 300);
  const chat = chatOf({ seconds, perSecond, moments });
  return [liveEvent('start', 0, started), ...chat, liveEvent('end', seconds + 1, ended())];
}
