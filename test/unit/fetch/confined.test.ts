import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { confined } from '../../../src/adapters/fetch/confined.ts';
import type { ArchiveView } from '../../../src/domain/mediaclock.ts';
import type { Lease, LeaseRequest, MediaCache } from '../../../src/ports/mediacache.ts';
import { archiveOf } from '../../support/archiveviews.ts';

const root = resolve('/media/recordings');
const typed = resolve('/home/me/video.mp4');

/** What got through to the cache. */
function cacheBehind(roots: readonly string[]): { readonly cache: MediaCache; readonly leased: LeaseRequest[] } {
  const leased: LeaseRequest[] = [];
  const nothing: Lease = { parts: [], bytesFetched: 0, bytesNeeded: 0, release: async () => undefined };
  const inner: MediaCache = {
    lease: async (request) => {
      leased.push(request);
      return nothing;
    },
    hold: async () => [],
    letGo: async () => undefined,
    evict: async () => 0,
    inspect: async () => undefined,
    close: async () => undefined,
  };
  return { cache: confined(inner, roots), leased };
}

const lease = (cache: MediaCache, archive: ArchiveView) =>
  cache.lease({ archive, fromMs: 0, toMs: 2000, purpose: 'render' });
const file = (uri: string) => archiveOf([], { type: 'file', uri, durationMs: 9000 });

describe('files that records name', () => {
  it.each([
    ['a segment below a root', archiveOf([{ uri: join(root, 'a', 'seg 1.ts') }])],
    ['a file below a root', file(join(root, 'vod.mp4'))],
    ['the file that was typed', file(typed)],
    ['an address', archiveOf([{ uri: 'https://example.org/s.ts' }])],
    ['a remote file', file('https://example.org/vod.mp4')],
    ['a file beyond the span', archiveOf([{ uri: join(root, 'a.ts') }, { uri: resolve('/etc/passwd') }])],
  ])('%s: is for the cache to lease', async (_, archive) => {
    const { cache, leased } = cacheBehind([root, typed]);
    await lease(cache, archive);
    expect(leased).toHaveLength(1);
  });

  const outside = resolve('/etc/passwd');
  const bare = { uri: join(root, 'a.ts'), byteOffset: null, byteLength: null, key: null };
  const keyAt = (uri: string) => ({ uri, iv: '0'.repeat(32) });
  const withInit = archiveOf([{ uri: bare.uri }]);
  it.each([
    ['a segment elsewhere', archiveOf([{ uri: outside }])],
    ['a file elsewhere', file(outside)],
    ['a neighbour whose name begins like the root', file(`${root}-private/vod.mp4`)],
    ['a neighbour of the typed file', file(resolve('/home/me/other.mp4'))],
    ['a way out of the root', file(`${root}/../../etc/passwd`)],
    ['a relative path', file('media/recordings/vod.mp4')],
    ['an address of a file', file('file:///media/recordings/vod.mp4')],
    ['another scheme', archiveOf([{ uri: 'concat:/etc/passwd' }])],
    [
      'an initialisation section elsewhere',
      { ...withInit, segments: withInit.segments.map((one) => ({ ...one, init: { ...bare, uri: outside } })) },
    ],
    [
      'a key elsewhere',
      { ...withInit, segments: withInit.segments.map((one) => ({ ...one, media: { ...bare, key: keyAt(outside) } })) },
    ],
  ])('%s: is refused, with what would allow it', async (_, archive) => {
    const { cache, leased } = cacheBehind([root, typed]);
    await expect(lease(cache, archive)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('media.roots'),
    });
    expect(leased).toEqual([]);
  });

  it('what an open playlist lists elsewhere is said to be outside of its folder, with the folder to allow', async () => {
    const uri = resolve('/media/other/s.ts');
    const from = (playlist: string) => lease(cacheBehind([root]).cache, archiveOf([{ uri }], { uri: playlist }));
    await expect(from(join(root, 'saved.m3u8'))).rejects.toMatchObject({
      message: `A file outside of the folder of its playlist is read only if media.roots says so: ${uri}`,
      hint: `If it is media of yours, add ${resolve('/media/other')} to media.roots (docs/media.md).`,
    });
    await expect(from(resolve('/elsewhere/saved.m3u8'))).rejects.toMatchObject({
      message: `A file that a record names is read only if media.roots says so: ${uri}`,
    });
  });

  it('the root of everything is a root like another; none is none', async () => {
    await lease(cacheBehind([resolve('/')]).cache, file(outside));
    await expect(lease(cacheBehind([]).cache, file(outside))).rejects.toMatchObject({ code: 'forbidden' });
  });
});
