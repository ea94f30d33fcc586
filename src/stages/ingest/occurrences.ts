import { base36 } from './base36.ts';

/** Times are remembered this far back, in milliseconds; exports step backward by seconds at most. */
const horizonMs = 120_000;
const sweepEvery = 10_000;

/**
 * Ids for rows that have none: from time, author, text, and how often this row came before, so that two equal messages
 * of one second are two. The same file always gives the same ids.
 */
export class Occurrences {
  private readonly counts = new Map<string, { count: number; atMs: number }>();
  private newestMs = Number.NEGATIVE_INFINITY;

  idOf(atMs: number, author: string, content: string): string {
    const row = `${atMs.toString(36)}.${hash(author, content)}`;
    this.newestMs = Math.max(this.newestMs, atMs);
    const seen = this.counts.get(row);
    const count = (seen?.count ?? 0) + 1;
    this.counts.set(row, { count, atMs });
    if (this.counts.size % sweepEvery === 0) this.sweep();
    return count === 1 ? row : `${row}.${count}`;
  }

  private sweep(): void {
    for (const [row, { atMs }] of this.counts) if (atMs < this.newestMs - horizonMs) this.counts.delete(row);
  }
}

/**
 * 53 bits from two 32-bit FNV-1a-like hashes over both texts; within one millisecond of one stream that is far from any
 * collision.
 */
function hash(author: string, content: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let index = 0; index < author.length; index += 1) {
    const unit = author.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  // A unit that no text holds, so that author and content cannot run into each other.
  a = Math.imul(a ^ 0x10000, 0x01000193);
  for (let index = 0; index < content.length; index += 1) {
    const unit = content.charCodeAt(index);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  return base36((a >>> 0) * 0x200000 + (b >>> 11));
}
