import { describe, expect, it } from 'vitest';
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
