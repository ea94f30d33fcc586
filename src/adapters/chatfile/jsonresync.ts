import { parseJson } from './json.ts';
import { isSpace, ValueScan } from './jsonscan.ts';

/** How many bytes a search may scan in all, so that damage made on purpose costs little time. */
const workBytes = 16 * 1024 * 1024;
/** Records are sought up to this length. */
export const reachBytes = 64 * 1024;

/**
 * After a damage: where the next whole record begins in `bytes`, or -1. A quote or bracket that is missing makes
 * everything after it look like part of one value, so each `{` is tried as a beginning until one gives a record.
 */
export function nextRecord(bytes: Buffer, from: number, to: number, isRecord: (value: unknown) => boolean): number {
  let work = 0;
  for (let at = bytes.indexOf(0x7b, from); at >= 0 && at < to && work < workBytes; at = bytes.indexOf(0x7b, at + 1)) {
    const limit = Math.min(to, at + reachBytes);
    const end = new ValueScan().advance(bytes, at, limit);
    work += (end < 0 ? limit : end) - at;
    if (end > 0 && isRecord(parseJson(bytes.toString('utf8', at, end)))) return at;
  }
  return -1;
}

/** Index of the first byte from here that is no white space. */
function solid(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** Whether an array's next element, or its end, plainly follows. */
export function endsElement(bytes: Buffer, end: number, isRoot: boolean): boolean {
  const at = solid(bytes, end);
  if (bytes[at] === 0x5d) return endsArray(bytes, at, isRoot) !== false;
  return bytes[at] === 0x2c && bytes[solid(bytes, at + 1)] === 0x7b;
}

/**
 * Whether a `]` at this place can be the array's end: nothing follows it (another array may, where the array is the
 * root), or the next member of the object. Undefined if the bytes end before that shows.
 */
export function endsArray(bytes: Buffer, at: number, isRoot: boolean): boolean | undefined {
  const next = solid(bytes, at + 1);
  const byte = bytes[next];
  if (byte === undefined) return undefined;
  if (isRoot) return byte === 0x5b;
  if (byte === 0x7d) return true;
  const member = bytes[solid(bytes, next + 1)];
  if (byte !== 0x2c) return false;
  return member === undefined ? undefined : member === 0x22;
}
