import { type FileHandle, open } from 'node:fs/promises';
import { boxesIn, mostHeaderBytes, NotPlain, plain, type ReadAt, topLevelBoxes } from '../../domain/mp4/boxes.ts';
import { movieTimescaleOf, type Track, trackOf } from '../../domain/mp4/track.ts';

/**
 * Reads the tracks of an MP4 or QuickTime file whose index is in one piece, and gives them to `use`; undefined where the
 * file is anything else, or has properties that ffmpeg takes in ways of its own (fragments, several edits or
 * descriptions, mirrored pictures, tables that disagree), or where `use` throws `NotPlain`. A header is trusted only as
 * far as its samples lie in the file.
 */
export async function readMovie<T>(path: string, use: (tracks: readonly Track[]) => T): Promise<T | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    return use((await tracksIn(file)).map((track) => within(track, size)));
  } catch (error) {
    // Reading beyond a table's end is a RangeError.
    if (error instanceof NotPlain || error instanceof RangeError) return undefined;
    throw error;
  } finally {
    await file.close();
  }
}

async function tracksIn(file: FileHandle): Promise<Track[]> {
  const moov = await headerOf(file);
  const movieTimescale = movieTimescaleOf(moov);
  const boxes = boxesIn(moov);
  const tracks = boxes.filter(({ type }) => type === 'trak');
  // ffmpeg counts a cover picture in there as a track.
  const further = boxes.findIndex(({ type }) => type === 'udta' || type === 'meta');
  plain(
    further === -1 || further > boxes.findLastIndex(({ type }) => type === 'trak'),
    'there may be a cover in front',
  );
  return tracks.map(({ start, end }, index) => trackOf(moov.subarray(start, end), index, movieTimescale));
}

/** Reads a local file at any place. */
export function readerOf(file: FileHandle): ReadAt {
  return async (offset, length) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
}

async function headerOf(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  for await (const { type, start, end } of topLevelBoxes(size, readerOf(file))) {
    plain(type !== 'moof', 'it is in fragments');
    if (type !== 'moov') continue;
    plain(end - start <= mostHeaderBytes, 'its header is too large');
    const moov = Buffer.allocUnsafe(end - start);
    const { bytesRead } = await file.read(moov, 0, moov.length, start);
    plain(bytesRead === moov.length, 'its header is cut off');
    return moov;
  }
  throw new NotPlain('it has no header');
}

function within(track: Track, fileBytes: number): Track {
  return {
    ...track,
    *samples(fromSec) {
      for (const sample of track.samples(fromSec)) {
        plain(sample.offset + sample.size <= fileBytes, 'samples lie beyond the end of the file');
        yield sample;
      }
    },
  };
}
