import { createHash } from 'node:crypto';
import type { ArchiveSegment, SegmentRange } from '../../domain/records.gen.ts';

/** What a stored file holds. `init` is an initialisation section or an index alone, `raw` bytes of a larger file. */
export type ContentKind = 'ts' | 'mp4' | 'aac' | 'init' | 'raw';

const fileName = /^([0-9a-f]{64})\.(\d{1,10})\.(ts|mp4|aac|init|raw)$/;

/** Key of a segment: its address and bytes, and its place in its broadcast, since recorders use addresses again. */
export function segmentKey(streamId: string, segment: ArchiveSegment): string {
  return hashOf('segment', streamId, segment.sequence, ...range(segment.media), ...range(segment.init));
}

export function initKey(streamId: string, init: SegmentRange): string {
  return hashOf('init', streamId, ...range(init));
}

/** Key of what is no segment: a file's index, bytes of it, or a part that was made of these. */
export function fileKey(what: 'index' | 'range' | 'part', ...identity: readonly unknown[]): string {
  return hashOf(what, JSON.stringify(identity));
}

/** Nothing of an origin's becomes part of a name. `initBytes` is the length of the section in front. */
export function objectFile(key: string, initBytes: number, kind: ContentKind): string {
  return `${key}.${initBytes}.${kind}`;
}

export function partFile(key: string): string {
  return `${key}.part`;
}

export function parseObjectFile(name: string): { key: string; initBytes: number; kind: string } | undefined {
  const match = fileName.exec(name);
  if (match === null) return undefined;
  const [, key = '', initBytes, kind = ''] = match;
  return { key, initBytes: Number(initBytes), kind };
}

function range(media: SegmentRange | null): readonly (string | number)[] {
  return media === null ? ['none'] : [media.uri, media.byteOffset ?? -1, media.byteLength ?? -1];
}

function hashOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
