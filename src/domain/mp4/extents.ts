/** Bytes of a file. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** How much of what is not needed may be read along, so that there are fewer ranges. */
export interface Slack {
  /** A hole of so many bytes is never worth a request of its own. */
  readonly bytes: number;
  /** All holes together may have this share of what is needed. */
  readonly share: number;
  /** Where there would be more ranges, the smallest holes are closed, though they cost more. */
  readonly most: number;
}

/** A larger hole is never closed. */
const largestHole = 1024 * 1024;

/** The fewest ranges in order that hold all extents, by closing the smallest holes between them. */
export function rangesOf(extents: readonly Extent[], slack: Slack): Extent[] {
  const apart = union(extents);
  const budget = apart.reduce((sum, { length }) => sum + length, 0) * slack.share;
  const holes = apart
    .slice(1)
    .map(({ offset }, index) => ({ index, bytes: offset - endOf(apart[index] ?? { offset, length: 0 }) }))
    .sort((a, b) => a.bytes - b.bytes || a.index - b.index);
  const closed = new Set<number>();
  let closedBytes = 0;
  for (const { index, bytes } of holes) {
    const isCheap = bytes <= slack.bytes || closedBytes + bytes <= budget;
    if (!isCheap && (holes.length - closed.size < slack.most || bytes > largestHole)) break;
    closed.add(index);
    closedBytes += bytes;
  }
  const ranges: Extent[] = [];
  for (const [index, extent] of apart.entries()) {
    const last = ranges.at(-1);
    if (last === undefined || !closed.has(index - 1)) ranges.push(extent);
    else ranges[ranges.length - 1] = { offset: last.offset, length: endOf(extent) - last.offset };
  }
  return ranges;
}

/** The same bytes, in order, none twice, and what adjoins in one. */
export function union(extents: readonly Extent[]): Extent[] {
  const joined: Extent[] = [];
  for (const extent of [...extents].sort((a, b) => a.offset - b.offset)) {
    const last = joined.at(-1);
    if (last === undefined || extent.offset > endOf(last)) joined.push(extent);
    else joined[joined.length - 1] = { ...last, length: Math.max(endOf(last), endOf(extent)) - last.offset };
  }
  return joined;
}

/** Ranges none of which is longer than so many bytes. */
export function pieces(ranges: readonly Extent[], mostBytes: number): Extent[] {
  return ranges.flatMap(({ offset, length }) =>
    Array.from({ length: Math.ceil(length / mostBytes) }, (_, index) => ({
      offset: offset + index * mostBytes,
      length: Math.min(mostBytes, length - index * mostBytes),
    })),
  );
}

export function endOf({ offset, length }: Extent): number {
  return offset + length;
}

/** Whether extents that are in order and apart hold all of one. */
export function isWithin(extents: readonly Extent[], { offset, length }: Extent): boolean {
  const found = lastUpTo(extents, offset);
  return found !== undefined && offset + length <= endOf(found);
}

/** Of extents in order the last one that begins no later than a byte. */
export function lastUpTo<T extends Extent>(extents: readonly T[], byte: number): T | undefined {
  let [low, high] = [0, extents.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((extents[middle]?.offset ?? Number.POSITIVE_INFINITY) <= byte) low = middle + 1;
    else high = middle;
  }
  return extents[low - 1];
}
