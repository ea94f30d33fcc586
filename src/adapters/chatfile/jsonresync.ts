import { parseJson } from './json.ts';
import { ValueScan } from './jsonscan.ts';

/** How many bytes a search may scan in all, so that damage made on purpose costs little time. */
const workBytes = 16 * 1024 * 1024;
/** Records are sought up to this length. */
const reachBytes = 64 * 1024;

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
