import type { ResultRow } from '../../ports/results.ts';

const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2299, 11, 31);

/** Milliseconds since 1970-01-01 UTC as a DateTime64(3), clamped to what it can hold (1900 to 2299). */
export function moment(ms: number): string {
  const held = Math.min(Math.max(Number.isFinite(ms) ? Math.trunc(ms) : 0, earliest), latest);
  return new Date(held).toISOString().replace('T', ' ').replace('Z', '');
}

export const optionalMoment = (ms: number | null): string | null => (ms === null ? null : moment(ms));

const offsetBits = 40n;
const highestOffset = (1n << offsetBits) - 1n;

/**
 * Version of a row, as a UInt64 in text: a higher revision replaces a lower one, and of two records for one revision
 * the first in log order stands, as it does in the journal. The rows of one key come from one partition.
 */
export function rowVersion(revision: number, offset: number): string {
  const early = highestOffset - (BigInt(Math.max(offset, 0)) & highestOffset);
  return String((BigInt(Math.max(revision, 0)) << offsetBits) | early);
}

export type TableRow = readonly [table: string, row: ResultRow];
