import type { Cut } from '../../../domain/mp4/cut.ts';
import { placeOf } from '../http/version.ts';
import { fileKey } from '../objectname.ts';
import type { StoredIndex } from './movieindex.ts';

/** A file that is read in parts, in its broadcast. */
export interface RemoteFile {
  readonly streamId: string;
  readonly channelId: string;
  readonly url: string;
}

/** Bytes of the file that are an object of the cache. */
export interface KeyedRange {
  readonly range: Cut['ranges'][number];
  readonly key: string;
}

export function indexKey(file: RemoteFile): string {
  return fileKey('index', ...identity(file));
}

export function rangesOf(file: RemoteFile, version: StoredIndex['version'], { ranges }: Cut): KeyedRange[] {
  return ranges.map((range) => ({ range, key: fileKey('range', ...identity(file), version, range) }));
}

/** Of the small file that is made for a cut. */
export function partKey(file: RemoteFile, version: StoredIndex['version'], { ranges, zeroSec, picture }: Cut): string {
  const [first, count] = [picture.samples[0]?.index, picture.samples.length];
  return fileKey('part', ...identity(file), version, ranges, zeroSec, first, count);
}

/** Its address without what may be a token: a file is known by its version, too. */
function identity({ streamId, url }: RemoteFile): readonly string[] {
  return [streamId, placeOf(url)];
}
