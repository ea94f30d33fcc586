import { type EventTime, Unusable } from './items.ts';
import { clockRangeMs, maxOffsetMs } from './limits.ts';

/** A finite number from a number or a numeric string (exports write both); undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A time relative to the broadcast's zero. Throws `Unusable` for one that is absent, no number or absurd. */
export function offsetTime(ms: number | undefined, field: string): EventTime {
  if (ms === undefined) throw new Unusable(`${field} is missing or no number`);
  if (Math.abs(ms) > maxOffsetMs) throw new Unusable(`${field} lies more than 30 days from the broadcast's start`);
  return { offsetMs: Math.round(ms) + 0 };
}

/** A clock time. Throws `Unusable` for one that is absent, no number or outside of the years 2000 to 2199. */
export function clockTime(ms: number | undefined, field: string): EventTime {
  if (ms === undefined) throw new Unusable(`${field} is missing or no number`);
  if (ms < clockRangeMs.from || ms >= clockRangeMs.to)
    throw new Unusable(`${field} is no time of the years 2000 to 2199`);
  return { clockMs: Math.round(ms) };
}

/** Seconds of a text such as `1:02:03`, `-0:05` or `12:34`; undefined for anything else. */
export function secondsOfText(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^\s*([-\u2212]?)(?:(\d+):)?(\d{1,3}):(\d{2})\s*$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hours, minutes, seconds] = match;
  const total = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '' ? total : 0 - total;
}
