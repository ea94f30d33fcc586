import { CliptideError } from '../../domain/errors.ts';
import type { ArchiveView } from '../../domain/mediaclock/view.ts';
import type { ArchiveSegment } from '../../domain/records.gen.ts';
import type { LeasedPart } from '../../ports/mediacache.ts';
import { checkContent } from './content/content.ts';
import { fileSize, isLocal } from './origin.ts';

/** A part with the segment bytes that it took. */
export interface CountedPart {
  readonly part: LeasedPart;
  readonly neededBytes: number;
  readonly fetchedBytes: number;
}

/** Whether the segment's file can be read as it is: local, whole, and with all that decoding it needs. */
export function isInPlace(segment: ArchiveSegment): boolean {
  return (
    isLocal(segment.media) && segment.init === null && segment.media.byteLength === null && segment.media.key === null
  );
}

export async function segmentInPlace(segment: ArchiveSegment): Promise<CountedPart> {
  const path = segment.media.uri;
  const bytes = await fileSize(path);
  const listedMs = segment.durationMs;
  await checkContent({ path, from: 0, to: bytes, isWhole: true, wanted: 'segment', where: path, listedMs });
  return { part: partOf(segment, path), neededBytes: bytes, fetchedBytes: 0 };
}

/** A progressive local file as one part. What is needed of it is its share by duration. */
export async function fileInPlace(view: ArchiveView, fromMs: number, toMs: number): Promise<CountedPart> {
  const { uri, durationMs } = view.opened;
  const bytes = await fileSize(uri);
  if (durationMs === null || fromMs < -1 || toMs > durationMs + 1) {
    throw new CliptideError('media-gone', `The file lasts ${durationMs ?? 0} ms: ${uri}`, { where: uri });
  }
  const part = { path: uri, startMs: 0, durationMs, discontinuity: false };
  return { part, neededBytes: Math.round(bytes * ((toMs - fromMs) / durationMs)), fetchedBytes: 0 };
}

export function partOf(segment: ArchiveSegment, path: string): LeasedPart {
  const { startMs, durationMs, discontinuity } = segment;
  return { path, startMs, durationMs, discontinuity };
}
