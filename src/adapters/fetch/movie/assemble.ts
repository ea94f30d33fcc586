import { createReadStream } from 'node:fs';
import type { Cut } from '../../../domain/mp4/cut.ts';
import { type Extent, endOf, lastUpTo } from '../../../domain/mp4/extents.ts';
import { mediaDataHead } from '../../../domain/mp4/write.ts';
import { movieOf } from '../../../domain/mp4/writemovie.ts';
import type { FetchedBody } from '../../../ports/fetcher.ts';
import type { StoredIndex } from './movieindex.ts';

/** Bytes of a remote file, and the local file that holds them. */
export interface StoredRange extends Extent {
  readonly path: string;
}

/** A stored range, or what of it none before it holds, and where it comes to lie. */
interface Placed extends StoredRange {
  /** From its start, bytes of the stored file that are left out. */
  readonly skip: number;
  readonly at: number;
}

/** A file of its own that shows a cut as the remote one does: its `ftyp`, the bytes that were fetched, tables for these. */
export function partOfMovie(
  cut: Cut,
  { fileType }: StoredIndex,
  header: Buffer,
  ranges: readonly StoredRange[],
): FetchedBody {
  const headBytes = fileType.length + mediaDataHead(0).length;
  const placed = placedIn(ranges, headBytes);
  const dataBytes = placed.reduce((sum, { length }) => sum + length, 0);
  const moov = movieOf(cut, header, (offset) => {
    const range = lastUpTo(placed, offset);
    return range === undefined ? offset : range.at + offset - range.offset;
  });
  return {
    url: placed[0]?.path ?? '',
    contentType: '',
    length: headBytes + dataBytes + moov.length,
    skipped: 0,
    chunks: chunksOf(Buffer.concat([fileType, mediaDataHead(dataBytes)]), placed, moov),
  };
}

async function* chunksOf(head: Buffer, placed: readonly Placed[], moov: Buffer): AsyncGenerator<Uint8Array> {
  yield head;
  for (const { path, skip, length } of placed) {
    if (length > 0) yield* createReadStream(path, { start: skip, end: skip + length - 1 });
  }
  yield moov;
}

function placedIn(ranges: readonly StoredRange[], from: number): Placed[] {
  const placed: Placed[] = [];
  let [at, done] = [from, 0];
  for (const range of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const offset = Math.max(range.offset, done);
    const length = endOf(range) - offset;
    if (length <= 0) continue;
    placed.push({ path: range.path, offset, length, skip: offset - range.offset, at });
    at += length;
    done = offset + length;
  }
  return placed;
}
