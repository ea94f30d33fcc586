import type { SourceEvent } from '../../ports/source.ts';
import { type Money, noMoney } from './money.ts';

/** Author of a message, as a format names them. */
export interface Author {
  readonly user: string;
  readonly roles: readonly string[];
}

const none: readonly string[] = [];

/** The largest count of a record (Avro's int). */
const maxCount = 2 ** 31 - 1;

function whole(count: number): number {
  return Math.min(maxCount, Math.max(0, Math.round(count)));
}

export function chatEvent(author: Author, text: string, emotes: readonly string[] = none): SourceEvent {
  return { kind: 'chat', user: author.user, text: withoutAction(text), emotes, roles: author.roles };
}

/**
 * Support; what the supporter wrote with it is left out, so that a paid message counts once: as support and not also
 * as chat.
 */
export function supportEvent(user: string, type: string, count = 1, money: Money = noMoney): SourceEvent {
  return { kind: 'support', user, type, count: Math.max(1, whole(count)), ...money };
}

export function raidEvent(fromChannel: string, viewers: number | undefined): SourceEvent {
  return { kind: 'raid', fromChannel, viewers: whole(viewers ?? 0) };
}

export function deletionEvent(targetId: string, targetUser: string): SourceEvent {
  return { kind: 'deletion', targetId, targetUser };
}

export function modeEvent(name: string, on: boolean, seconds = 0): SourceEvent {
  return { kind: 'mode', name, on, seconds: whole(seconds) };
}

/** The text of a `/me` line without its CTCP frame, `\u0001ACTION waves\u0001`. */
export function withoutAction(text: string): string {
  if (!text.startsWith('\u0001ACTION')) return text;
  return text.slice('\u0001ACTION'.length, text.endsWith('\u0001') ? -1 : undefined).trimStart();
}
