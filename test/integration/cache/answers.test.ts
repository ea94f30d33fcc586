import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { createFetcher } from '../../../src/adapters/fetch/http/fetcher.ts';
import type { FetchRequest } from '../../../src/ports/fetcher.ts';
import { archiveOf } from '../../support/archiveviews.ts';
import { bodyText } from '../../support/bodytext.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import { openPolicy } from '../../support/openpolicy.ts';
import { CountingOrigin } from '../../support/origin.ts';
import { transportStream } from '../../support/segments.ts';

let origin: CountingOrigin;
const fetcher = createFetcher(systemClock, openPolicy, { attempts: 1, skipBytes: 1000 });

beforeAll(async () => {
  origin = await CountingOrigin.start();
});
afterAll(async () => {
  fetcher.close();
  await origin[Symbol.asyncDispose]();
});

const get = (url: string, more: Partial<FetchRequest> = {}) => fetcher.get({ url, maxBytes: 5000, ...more }, bodyText);

describe('bytes that were not asked for', () => {
  it('a part is not taken for the whole', async () => {
    const part = origin.set('/part', { body: 'half', okStatus: 206, headers: { 'content-range': 'bytes 0-3/8' } });
    await expect(get(part)).rejects.toMatchObject({ code: 'media', message: /got a part/ });
  });

  it('a part that does not say where it begins is not taken for the wanted one', async () => {
    const url = origin.set('/nowhere', { body: '0123', okStatus: 206, ignoresRanges: true });
    await expect(get(url, { range: { offset: 3, length: 4 } })).rejects.toMatchObject({ code: 'media' });
  });

  it('no more than the bound is read to get to a range, and none of it before that is known', async () => {
    const url = origin.set('/all', { body: 'x'.repeat(3000), ignoresRanges: true });
    expect(await get(url, { range: { offset: 1000, length: 5 } })).toBe('xxxxx');
    const far = get(url, { range: { offset: 1001, length: 5 } });
    await expect(far).rejects.toMatchObject({ code: 'media', hint: expect.stringContaining('range requests') });
  });

  it('a page that is shorter than the range, in its place, is called so', async () => {
    const url = origin.set('/login', { body: '<html>', ignoresRanges: true });
    await expect(get(url, { range: { offset: 2, length: 10 } })).rejects.toMatchObject({
      code: 'unavailable',
      message: `Asked for 10 bytes from 2, got a file of 6 bytes: ${url}`,
      hint: expect.stringContaining('a page in place of the media'),
    });
  });

  it('what is read to get to a range counts as fetched', async () => {
    await using world = await cacheWorld();
    const file = Buffer.concat([transportStream(1), transportStream(2)]);
    const uri = world.origin.set('/all.ts', { body: file, ignoresRanges: true });
    const archive = archiveOf([{ uri }]);
    const segments = archive.segments.map((segment) => ({
      ...segment,
      media: { uri, byteOffset: 3760, byteLength: 3760, key: null },
    }));
    const cache = await world.open();
    const held = await cache.lease({ archive: { ...archive, segments }, fromMs: 0, toMs: 2000, purpose: 'render' });
    expect(held).toMatchObject({ bytesFetched: 7520, bytesNeeded: 3760 });
  });

  it('an initialisation section, which is held in memory, is no larger than one can be', async () => {
    await using world = await cacheWorld();
    const large = world.origin.set('/init.mp4', Buffer.alloc(16 * 1024 * 1024 + 1));
    const archive = archiveOf([{ uri: world.origin.set('/s.m4s', 'x') }]);
    const init = { uri: large, byteOffset: null, byteLength: null, key: null };
    const segments = archive.segments.map((segment) => ({ ...segment, init }));
    const cache = await world.open();
    const leased = cache.lease({ archive: { ...archive, segments }, fromMs: 0, toMs: 2000, purpose: 'render' });
    await expect(leased).rejects.toMatchObject({ code: 'media', message: /larger than 16777216 bytes/ });
    expect(await world.usage()).toMatchObject({ used: 0, reserved: 0 });
  });

  it('the body of a redirect is not read, however long it is', async () => {
    origin.set('/target', 'there');
    const url = origin.set('/poured', { redirectTo: '/target', redirectBody: 'x'.repeat(65_536) });
    const left = origin.left('/poured');
    expect(await get(url)).toBe('there');
    await left;
  });

  it('a head beyond its bound is refused, not tried again', async () => {
    const url = origin.set('/head', { body: 'ok', headers: { 'x-long': 'x'.repeat(20_000) } });
    await expect(get(url)).rejects.toMatchObject({ code: 'media', message: /head of the answer/ });
  });
});

describe('hashes that an origin gives', () => {
  const body = 'what was meant';
  const sha256 = createHash('sha256').update(body).digest('base64');
  const md5 = createHash('md5').update(body).digest('base64');
  const headers: readonly (readonly [string, string])[] = [
    ['content-digest', `md5=:AAAA:, sha-256=:${sha256}:`],
    ['repr-digest', `sha-256=:${sha256}:`],
    ['content-md5', md5],
    ['x-amz-checksum-sha256', sha256],
  ];

  it.each(headers)('%s: a body that is another is refused', async (name, value) => {
    const flipped = body.replace('meant', 'neant');
    const good = origin.set(`/good-${name}`, { body, headers: { [name]: value } });
    expect(await get(good)).toBe(body);
    const bad = origin.set(`/bad-${name}`, { body: flipped, headers: { [name]: value } });
    await expect(get(bad)).rejects.toMatchObject({ code: 'media', message: expect.stringContaining(name) });
  });

  it('the whole file’s says nothing of a part; that of the answer does', async () => {
    const range = { offset: 0, length: 4 };
    const whole = origin.set('/part-repr', { body, headers: { 'repr-digest': `sha-256=:${md5}${sha256}:` } });
    expect(await get(whole, { range })).toBe('what');
    const own = createHash('sha256').update('what').digest('base64');
    const answer = (of: string) => ({ body: of, headers: { 'content-digest': `sha-256=:${own}:` } });
    expect(await get(origin.set('/part-good', answer(body)), { range })).toBe('what');
    await expect(get(origin.set('/part-bad', answer('that was')), { range })).rejects.toMatchObject({ code: 'media' });
  });

  it('one that cannot be understood is none', async () => {
    const url = origin.set('/parts', { body, headers: { 'x-amz-checksum-sha256': `${sha256}-3`, 'content-md5': 'x' } });
    expect(await get(url)).toBe(body);
  });
});
