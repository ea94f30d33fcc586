import { createHash } from 'node:crypto';
import type { ArchiveSegment, SegmentRange } from '../../domain/records.gen.ts';
import type { Flight } from '../../ports/cachecatalog.ts';
import { placeOf } from './http/version.ts';

/** What a stored file holds. `init` is an initialisation section or an index alone, `raw` bytes of a larger file. */
export type ContentKind = 'ts' | 'mp4' | 'aac' | 'init' | 'raw';

const fileName = /^([0-9a-f]{64})\.(\d{1,10})\.(ts|mp4|aac|init|raw)$/;

const partName = /^[0-9a-f]{64}(?:\.([0-9a-zA-Z-]+)\.\d+)?\.part$/;

/**
 * Key of a segment: its address and bytes, and its place in its broadcast, since recorders use addresses again. The
 * address goes without its query, where tokens are that change while the segment stays.
 */
export function segmentKey(streamId: string, segment: ArchiveSegment): string {
  const media = range(withoutQuery(segment.media));
  return hashOf('segment', streamId, segment.sequence, ...media, ...range(withoutQuery(segment.init)));
}

/** With the query: it may be all that tells two sections of a broadcast apart. */
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

/** A name for each flight, so that two never write one file. */
export function partFile({ key, owner, token }: Flight): string {
  return `${key}.${owner}.${token}.part`;
}

/** Who writes a part file; undefined for other files. An earlier version left the owner out: then it is empty. */
export function partOwner(name: string): string | undefined {
  const match = partName.exec(name);
  return match === null ? undefined : (match[1] ?? '');
}

export function parseObjectFile(name: string): { key: string; initBytes: number; kind: string } | undefined {
  const match = fileName.exec(name);
  if (match === null) return undefined;
  const [, key = '', initBytes, kind = ''] = match;
  return { key, initBytes: Number(initBytes), kind };
}

function withoutQuery(media: SegmentRange | null): SegmentRange | null {
  if (media === null || !/^https?:/i.test(media.uri)) return media;
  return { ...media, uri: placeOf(media.uri) };
}

function range(media: SegmentRange | null): readonly (string | number)[] {
  return media === null ? ['none'] : [media.uri, media.byteOffset ?? -1, media.byteLength ?? -1];
}

function hashOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
