import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { confined } from '../../../src/adapters/fetch/confined.ts';
import { archiveAt } from '../../support/archiveat.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import type { OriginAnswer } from '../../support/origin.ts';
import { fragment, transportStream } from '../../support/segments.ts';

/** A busy machine is no slow origin. */
const patient = { limits: { stallMs: 10_000 } };

const segments = '#EXTM3U\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST';
const master = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nindex.m3u8';

describe('what is no playlist, or no media, is told by its content', () => {
  it.each<[string, OriginAnswer | Uint8Array | string]>([
    ['an MPEG-TS segment', transportStream(1)],
    ['an MP4 fragment', fragment()],
    ['a web page', { body: '<!DOCTYPE html>', contentType: 'application/vnd.apple.mpegurl' }],
    ['nothing', ''],
    ['more than 16 MiB', `#EXTM3U\n${'# padding of a comment\n'.repeat(800_000)}`],
    ['more than 16 MiB without a length', { body: `#EXTM3U\n${'#\n'.repeat(9_000_000)}`, closeDelimited: true }],
    ['a master playlist that leads to itself', master],
  ])('%s under the name of a playlist', async (_, answer) => {
    await using world = await cacheWorld({ limits: patient.limits });
    const uri = world.origin.set('/index.m3u8', answer);
    await expect(archiveAt(`${uri}?token=secret`, world.fetcher)).rejects.toMatchObject({
      code: 'input',
      message: expect.not.stringContaining('secret'),
    });
  });

  it.each([segments, master])('a playlist under the name of a segment: %j', async (body) => {
    await using world = await cacheWorld(patient);
    const uri = world.origin.set('/index.m3u8', segments);
    world.origin.set('/a.ts', { body, contentType: 'video/mp2t' });
    const archive = await archiveAt(uri, world.fetcher);
    const lease = (await world.open()).lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' });
    await expect(lease).rejects.toMatchObject({ code: 'media', message: /a playlist/ });
    expect(await world.files()).toEqual([]);
  });
});

describe('percent-encoded names in a local playlist', () => {
  const list = (name: string) => `#EXTM3U\n#EXTINF:2,\n${name}\n#EXT-X-ENDLIST`;

  async function leasedFrom(name: string, files: readonly string[], roots: readonly string[]) {
    await using world = await cacheWorld(patient);
    const below = (file: string) => join(world.root, 'media', file);
    for (const file of [...files, 'lists/index.m3u8']) await mkdir(dirname(below(file)), { recursive: true });
    for (const file of files) await writeFile(below(file), transportStream(1));
    await writeFile(below('lists/index.m3u8'), list(name));
    const archive = await archiveAt(below('lists/index.m3u8'), world.fetcher);
    const cache = confined(await world.open(), roots.map(below));
    const { parts } = await cache.lease({ archive, fromMs: 0, toMs: 2_000, purpose: 'render' });
    return parts.map((part) => relative(below(''), part.path).replaceAll(sep, '/'));
  }

  it('are the files that they stand for, unless there is one of the literal name', async () => {
    expect(await leasedFrom('my%20file.ts', ['lists/my file.ts'], ['lists'])).toEqual(['lists/my file.ts']);
    const both = ['lists/my file.ts', 'lists/my%20file.ts'];
    expect(await leasedFrom('my%20file.ts', both, ['lists'])).toEqual(['lists/my%20file.ts']);
    expect(await leasedFrom('100%.ts', ['lists/100%.ts'], ['lists'])).toEqual(['lists/100%.ts']);
  });

  it('lead out of the folder only to where media.roots says', async () => {
    for (const name of ['%2e%2e/in/s0.ts', '..%2Fin%2fs0.ts']) {
      expect(await leasedFrom(name, ['in/s0.ts'], ['lists', 'in'])).toEqual(['in/s0.ts']);
      await expect(leasedFrom(name, ['in/s0.ts'], ['lists'])).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(leasedFrom('%00s0.ts', ['lists/s0.ts'], ['lists'])).rejects.toMatchObject({ code: 'media-gone' });
  });
});
