import type { LiveEvent } from '../records.gen.ts';

const latestMs = 8.64e15;
/** A chat text of more characters is damaged. */
export const longestText = 20_000;
const longestName = 1_000;

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function chatFault(event: LiveEvent): string | null {
  if (event.chat === null) return 'kind is chat, but chat is missing';
  if (event.chat.text.length > longestText) return `chat.text has more than ${longestText} characters`;
  return event.chat.userId.length > longestName ? `chat.userId has more than ${longestName} characters` : null;
}

function countFault(event: LiveEvent, field: 'viewers' | 'support' | 'raid'): string | null {
  const counts = { viewers: event.viewers?.count, support: event.support?.count, raid: event.raid?.viewers };
  const count = counts[field];
  if (count === undefined) return `kind is ${field}, but ${field} is missing`;
  return isCount(count) ? null : `${field} counts ${count}, which is no whole number of at least 0`;
}

function bodyFault(event: LiveEvent): string | null {
  switch (event.kind) {
    case 'chat':
      return chatFault(event);
    case 'viewers':
    case 'support':
    case 'raid':
      return countFault(event, event.kind);
    case 'marker':
    case 'deletion':
    case 'mode':
      return event[event.kind] === null ? `kind is ${event.kind}, but ${event.kind} is missing` : null;
    case 'streamEnded':
      if (event.ended === null) return null;
      return isCount(event.ended.deadLettered) && isCount(event.ended.ignored) ? null : 'ended counts below 0';
    default:
      return null;
  }
}

/** What is wrong with an event, naming the field; null for one that can be used. */
export function faultOf(event: LiveEvent): string | null {
  if (!isCount(event.atMs) || event.atMs > latestMs) return `atMs is ${event.atMs}, which is no time`;
  if (event.eventId === '') return 'eventId is empty';
  if (event.eventId.length > longestName) return `eventId has more than ${longestName} characters`;
  if (event.source.length > longestName) return `source has more than ${longestName} characters`;
  return bodyFault(event);
}
