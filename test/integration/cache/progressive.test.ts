import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import type { ArchiveView } from '../../../src/domain/mediaclock.ts';
import { NotPlain } from '../../../src/domain/mp4/boxes.ts';
import { cutOf } from '../../../src/domain/mp4/cut.ts';
import { movieIndexOf } from '../../../src/domain/mp4/media.ts';
import { movieOf } from '../../../src/domain/mp4/writemovie.ts';
import type { Lease, MediaCache } from '../../../src/ports/mediacache.ts';
import { movieAt } from '../../support/httpmovies.ts';
import { makeMedia } from '../../support/media.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { initSection } from '../../support/segments.ts';

let root = '';
/** Thirty seconds in GOPs of two, its index at the end and in front. */
let atEnd = Buffer.alloc(0);
let inFront = Buffer.alloc(0);
/** With the same index, all other pictures. */
let other = Buffer.alloc(0);

beforeAll(async () => {
  const { path: ffmpeg } = await locateTool('ffmpeg');
  root = await mkdtemp(path.join(tmpdir(), 'cliptide-progressive-'));
  const spec = { seconds: 30, gop: 50, bFrames: 2 };
  const make = async (name: string, more: object) =>
    readFile(await makeMedia(ffmpeg, path.join(root, name), { ...spec, ...more }));
  atEnd = await make('end.mp4', {});
  inFront = await make('front.mp4', { options: ['-movflags', '+faststart'] });
  other = Buffer.from(atEnd);
  const [from, to] = [other.indexOf('mdat') + 4, other.lastIndexOf('moov') - 4];
  for (let at = from; at < to; at++) other[at] = 255 - (other[at] ?? 0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Nothing here is about an origin that stalls, and a busy machine must not look like one. */
const calmWorld = (cap = 100_000_000, maxWaitMs = 0) => cacheWorld({ cap, maxWaitMs, limits: { stallMs: 20_000 } });

const etag = (name: string) => ({ etag: `"${name}"` });

function lease(cache: MediaCache, archive: ArchiveView, from: number, to: number): Promise<Lease> {
  return cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose: 'render' });
}

const hashOf = async (held: Lease) =>
  createHash('sha256')
    .update(await readFile(held.parts[0]?.path ?? ''))
    .digest('hex');

/** Ranges that were asked for more than once, of those that are no look at a box. */
function askedTwice(log: readonly string[]): string[] {
  return log.filter((line, index) => log.indexOf(line) !== index);
}

describe('what is fetched of an MP4 by http', () => {
  it.each(['front', 'end'])('is its index, here in %s, and the GOPs of the span, little else', async (where) => {
    await using world = await calmWorld();
    const body = where === 'front' ? inFront : atEnd;
    const archive = await movieAt(await world.open(), world.origin.set('/a', { body, headers: etag('a') }));
    const index = world.origin.bytes('/a');
    const held = await lease(await world.open(), archive, 11, 17);
    const sent = world.origin.bytes('/a') - index;
    expect(index).toBeLessThan(body.length - body.lastIndexOf('moov') + 3 * 4096);
    expect(held.bytesNeeded).toBeLessThan(body.length / 3);
    expect(sent).toBeLessThan(held.bytesNeeded * 1.1);
    expect(held.bytesFetched).toBe(sent);
    expect(held.parts).toMatchObject([{ startMs: 10_000, durationMs: 8000, discontinuity: false }]);
  });

  it('stays while it is held, however full the cache is, with the index that says where it lies', async () => {
    await using world = await calmWorld(atEnd.length);
    const cache = await world.open();
    const archive = await movieAt(cache, world.origin.set('/a', { body: atEnd, headers: etag('a') }));
    const rival = await movieAt(cache, world.origin.set('/b', { body: other, headers: etag('b') }), 'rival');
    const press = async () => {
      for (const from of [0, 6, 12, 18, 24]) await (await lease(cache, rival, from, from + 5)).release();
    };
    await (await lease(cache, archive, 11, 17)).release();
    const spans = [{ archive, fromMs: 11_000, toMs: 17_000 }];
    const hold = { spans, holder: 'h', value: 1, untilMs: Date.UTC(2100, 0, 1) };
    const sent = world.origin.bytes('/a');
    expect(await cache.hold(hold)).toEqual([]);
    await press();
    const held = await lease(cache, archive, 11, 17);
    expect(held.bytesFetched).toBe(0);
    expect(world.origin.bytes('/a')).toBe(sent);
    await held.release();
    await cache.letGo('h');
    await press();
    expect(await cache.hold(hold)).toEqual([]);
    expect(world.origin.bytes('/a')).toBe(sent);
    expect((await lease(cache, archive, 11, 17)).bytesFetched).toBeGreaterThan(0);
  });

  it('is fetched once by 30 who ask at the same time, and after a restart not at all', async () => {
    await using world = await calmWorld();
    const first = await world.open();
    const archive = await movieAt(first, world.origin.set('/a', { body: atEnd, headers: etag('a') }));
    const asked = Array.from({ length: 30 }, (_, k) => lease(first, archive, 4 + (k % 5), 12 + (k % 7)));
    const leases = await Promise.all(asked);
    const sent = world.origin.bytes('/a');
    expect(askedTwice(world.origin.log)).toEqual([]);
    expect(leases.reduce((sum, held) => sum + held.bytesFetched, 0)).toBe(sent);
    await Promise.all(leases.map((held) => held.release()));
    await first.close();
    const again = await lease(await world.open(), archive, 5, 13);
    expect(again.bytesFetched).toBe(0);
    expect(world.origin.bytes('/a')).toBe(sent);
  });

  it('is given to one and the other as the same file, which goes when both have released it and room is needed', async () => {
    await using world = await calmWorld();
    const cache = await world.open();
    const archive = await movieAt(cache, world.origin.set('/a', { body: inFront, headers: etag('a') }));
    const [one, two] = await Promise.all([lease(cache, archive, 3, 9), lease(cache, archive, 2.5, 9.5)]);
    expect(two.parts[0]?.path).toBe(one.parts[0]?.path);
    await one.release();
    const hash = await hashOf(two);
    await one.release();
    expect(await hashOf(two)).toBe(hash);
    await world.collect();
    expect(await hashOf(two)).toBe(hash);
    await two.release();
    await world.collect();
    expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });
    expect(await world.files()).toEqual([]);
  });
});

describe('a file that is another one by now', () => {
  it.each([
    ['has another entity tag', etag('b')],
    ['has another date', { 'last-modified': 'Sat, 02 May 2026 10:00:00 GMT' }],
  ])('is refused where it %s, and never mixed; then it is looked at anew', async (_, headers) => {
    await using world = await calmWorld();
    const cache = await world.open();
    const old = 'etag' in headers ? etag('a') : { 'last-modified': 'Fri, 01 May 2026 10:00:00 GMT' };
    const archive = await movieAt(cache, world.origin.set('/a', { body: atEnd, headers: old }));
    await (await lease(cache, archive, 3, 5)).release();
    world.origin.set('/a', { body: other, headers });
    await expect(lease(cache, archive, 3, 11)).rejects.toMatchObject({ code: 'media', message: /no longer/ });
    expect((await world.usage()).reserved).toBe(0);
    const fresh = await lease(cache, archive, 3, 11);
    await using clean = await calmWorld();
    const only = await clean.open();
    const expected = await movieAt(only, clean.origin.set('/a', { body: other, headers }));
    expect(await hashOf(fresh)).toBe(await hashOf(await lease(only, expected, 3, 11)));
  });

  it('is refused where its length or its duration is another', async () => {
    await using world = await calmWorld();
    const cache = await world.open();
    const archive = await movieAt(cache, world.origin.set('/a', { body: atEnd }));
    const shorter = { ...archive, opened: { ...archive.opened, durationMs: 20_000 } };
    await expect(lease(cache, shorter, 3, 11)).rejects.toMatchObject({ code: 'media' });
    await lease(cache, archive, 3, 5);
    world.origin.set('/a', { body: Buffer.concat([atEnd, Buffer.alloc(10)]) });
    await expect(lease(cache, archive, 20, 25)).rejects.toMatchObject({ code: 'media', message: /no longer/ });
  });
});

describe('what cannot be read in parts is refused with the reason and a way out', () => {
  it.each([
    ['a server without ranges', () => ({ body: inFront, ignoresRanges: true }), /parts of a file/],
    [
      'a fragmented file',
      () => ({ body: Buffer.concat([Buffer.from(inFront.subarray(0, 32)), initSection()]) }),
      /MP4/,
    ],
    ['a file cut off before its index', () => ({ body: atEnd.subarray(0, atEnd.lastIndexOf('moov') - 4) }), /no index/],
    ['a file cut off in its index', () => ({ body: atEnd.subarray(0, atEnd.length - 100) }), /cut off/],
  ])('%s', async (_, answer, message) => {
    await using world = await calmWorld();
    const url = world.origin.set('/a', answer());
    const cache = await world.open();
    const refused = { code: 'media', message, hint: expect.stringMatching(/ffmpeg|path/) };
    await expect(cache.inspect({ streamId: 'stream', channelId: 'channel', url })).rejects.toMatchObject(refused);
    expect(world.origin.bytes('/a')).toBeLessThanOrEqual(inFront.length);
    expect((await world.usage()).reserved).toBe(0);
  });

  it('a file that ends before its last GOPs is read as far as it goes', async () => {
    await using world = await calmWorld();
    const cache = await world.open();
    const body = inFront.subarray(0, Math.round(inFront.length * 0.6));
    const archive = await movieAt(cache, world.origin.set('/a', { body }));
    expect((await lease(cache, archive, 2, 5)).parts).toHaveLength(1);
    await expect(lease(cache, archive, 24, 28)).rejects.toMatchObject({ code: 'media', message: /ends before/ });
  });

  it('a span that the file does not hold', async () => {
    await using world = await calmWorld();
    const cache = await world.open();
    const archive = await movieAt(cache, world.origin.set('/a', { body: atEnd }));
    await expect(lease(cache, archive, 28, 40)).rejects.toMatchObject({ code: 'media-gone' });
  });

  it('what does not fit in the cache', async () => {
    await using world = await calmWorld(60_000);
    const cache = await world.open();
    const archive = await movieAt(cache, world.origin.set('/a', { body: atEnd }));
    await expect(lease(cache, archive, 1, 29)).rejects.toMatchObject({ code: 'budget' });
    await cache.close();
    expect((await world.usage()).reserved).toBe(0);
  });
});

it('waits for room for its ranges and what is made of them', async () => {
  await using world = await calmWorld(Math.ceil(atEnd.length * 1.3), 600_000);
  const cache = await world.open();
  const archive = await movieAt(cache, world.origin.set('/a', { body: atEnd, headers: etag('a') }));
  const first = await lease(cache, archive, 1, 14);
  const second = lease(cache, archive, 16, 29);
  await expect.poll(async () => (await world.usage()).waiting).toBe(1);
  await first.release();
  expect((await second).parts).toHaveLength(1);
  expect(await world.usage()).toMatchObject({ reserved: 0, waiting: 0 });
});

/** Places of the numbers of a moov, with what somebody may write there. */
const damage = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 })),
    fc.integer({ min: 1, max: 4 }),
  ),
  { minLength: 1, maxLength: 4 },
);

it('no damage to tables does more than to be refused, or to ask for a bounded number of ranges in the file', () => {
  const at = inFront.indexOf('moov');
  const moov = inFront.subarray(at + 4, at - 4 + inFront.readUInt32BE(at - 4));
  const read = (bytes: Buffer) => {
    const index = movieIndexOf(bytes);
    const cut = cutOf(index, inFront.length, 4000, 9000);
    return cut && { cut, bytes: movieOf(cut, index.header, (offset) => offset).length };
  };
  expect(read(moov)?.bytes).toBeLessThan(moov.length);
  const property = fc.property(damage, (changes) => {
    const damaged = Buffer.from(moov);
    for (const [where, value, count] of changes) {
      const from = Math.floor(where * damaged.length);
      damaged.fill(value, from, Math.min(from + count, damaged.length));
    }
    try {
      const found = read(damaged);
      if (found === undefined) return;
      expect(found.cut.ranges.length).toBeLessThan(4100);
      expect(found.cut.ranges.every(({ offset, length }) => offset + length <= inFront.length)).toBe(true);
      expect(found.bytes).toBeLessThan(moov.length * 10);
    } catch (error) {
      expect(error instanceof NotPlain || error instanceof RangeError, String(error)).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 1000 });
});

it('tells an MP4 from a playlist by its content', async () => {
  await using world = await calmWorld();
  const cache = await world.open();
  const look = (name: string, body: string | Buffer) =>
    cache.inspect({ streamId: 'stream', channelId: 'channel', url: world.origin.set(name, { body }) });
  expect(await look('/a.m3u8', atEnd)).toMatchObject({ durationMs: 30_000, hasVideo: true, hasAudio: true });
  expect(await look('/b.mp4', '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n')).toBeUndefined();
  expect(world.origin.bytes('/b.mp4')).toBeLessThanOrEqual(16);
});

it('takes what its server sends packed for a playlist, since no MP4 can be read in parts of that', async () => {
  await using world = await calmWorld();
  const cache = await world.open();
  const answer = { body: gzipSync('#EXTM3U\n'), headers: { 'content-encoding': 'gzip' } };
  const url = world.origin.set('/packed.m3u8', answer);
  expect(await cache.inspect({ streamId: 'stream', channelId: 'channel', url })).toBeUndefined();
});

it('says of a recording of sound that it has no picture, and not to download or rewrite it', async () => {
  await using world = await calmWorld();
  const cache = await world.open();
  const body = Buffer.from(inFront);
  // A track of pictures that is called one of text is no track of pictures.
  body.write('text', body.indexOf('vide'), 'latin1');
  const url = world.origin.set('/sound.m4a', { body });
  const refused = { code: 'media', message: /has no picture/, hint: expect.stringMatching(/video track/) };
  await expect(cache.inspect({ streamId: 'stream', channelId: 'channel', url })).rejects.toMatchObject(refused);
});
