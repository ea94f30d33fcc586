import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { createFetcher } from '../../../src/adapters/fetch/http/fetcher.ts';
import type { FetchRequest } from '../../../src/ports/fetcher.ts';
import { bodyText } from '../../support/bodytext.ts';
import { openPolicy } from '../../support/openpolicy.ts';
import { CountingOrigin } from '../../support/origin.ts';

let origin: CountingOrigin;
const limits = { attempts: 3, backoffMs: 1 };
const fetcher = createFetcher(systemClock, openPolicy, limits);
/** For origins that answer nothing more: a busy machine is as slow as one. */
const hasty = createFetcher(systemClock, openPolicy, { ...limits, stallMs: 60, firstByteMs: 60 });
/** For what must not be waited for. */
const patient = createFetcher(systemClock, openPolicy, { ...limits, stallMs: 600_000, wholeMs: 600_000 });

beforeAll(async () => {
  origin = await CountingOrigin.start();
});
afterAll(async () => {
  fetcher.close();
  hasty.close();
  patient.close();
  await origin[Symbol.asyncDispose]();
});

const get = (url: string, more: Partial<FetchRequest> = {}, by = fetcher) =>
  by.get({ url, maxBytes: 1000, ...more }, bodyText);

describe('what the fetcher makes of an origin’s answers', () => {
  it.each([401, 403, 404, 410, 416])('says that media is gone on %i, without asking again', async (status) => {
    const url = origin.set(`/gone${status}`, { status });
    await expect(get(`${url}?token=secret`)).rejects.toMatchObject({
      code: 'media-gone',
      message: expect.not.stringContaining('secret'),
    });
    expect(origin.requests(`/gone${status}`)).toBe(1);
  });

  it('tries again on 429 and 5xx, and gives up after its bound', async () => {
    const url = origin.set('/busy', { status: 503, times: 2, body: 'ok', headers: { 'retry-after': '0' } });
    expect(await get(url)).toBe('ok');
    await expect(get(origin.set('/down', { status: 500 }))).rejects.toMatchObject({ code: 'unavailable' });
    expect(origin.requests('/down')).toBe(3);
  });

  it('takes a body that ends early for no body', async () => {
    await expect(get(origin.set('/cut', { body: 'x'.repeat(500), cutAfter: 200 }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(origin.requests('/cut')).toBe(3);
    const packed = { body: gzipSync(randomBytes(500)), headers: { 'content-encoding': 'gzip' }, cutAfter: 200 };
    const cut = fetcher.text({ url: origin.set('/cut-packed', packed), maxBytes: 1000 });
    await expect(cut).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not wait for ever: neither for the first byte nor for the next', async () => {
    const stalled = origin.set('/stall', { body: 'x'.repeat(500), stallAfter: 100 });
    const packed = { 'content-encoding': 'gzip' };
    const half = origin.set('/half', { body: gzipSync(randomBytes(500)), headers: packed, stallAfter: 100 });
    await expect(hasty.text({ url: half, maxBytes: 1000 })).rejects.toMatchObject({ code: 'timeout' });
    const wait = (url: string) => hasty.get({ url, maxBytes: 1000 }, bodyText);
    await expect(wait(stalled)).rejects.toMatchObject({ code: 'timeout' });
    const silent = origin.set('/silent', { gate: new Promise(() => undefined) });
    await expect(wait(silent)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('does not wait for a body that drips, however regularly', async () => {
    const url = origin.set('/drip', { body: 'x'.repeat(900), dripMs: 2 });
    const brief = createFetcher(systemClock, openPolicy, { ...limits, stallMs: 500, stallBytes: 900 });
    await expect(get(url, {}, brief)).rejects.toMatchObject({ code: 'timeout', where: url });
    brief.close();
    expect(origin.requests('/drip')).toBe(3);
  });

  it('does not hold against an origin what the reader takes before it begins', async () => {
    // More than lies ready on the way.
    const size = 16 << 20;
    const url = origin.set('/early', { body: Buffer.alloc(size, 'x') });
    const brief = createFetcher(systemClock, openPolicy, { ...limits, attempts: 1, stallMs: 1_000 });
    const reading = brief.get({ url, maxBytes: size }, async (body) => {
      await systemClock.sleep(2_000);
      return bodyText(body);
    });
    expect(await reading).toHaveLength(size);
    brief.close();
  });

  it('does not try again when the time for the whole is over', async () => {
    const url = origin.set('/late', { body: 'x'.repeat(900), dripMs: 5 });
    const brief = createFetcher(systemClock, openPolicy, { ...limits, wholeMs: 1500 });
    await expect(get(url, {}, brief)).rejects.toMatchObject({ code: 'timeout', where: url });
    brief.close();
    expect(origin.requests('/late')).toBe(1);
  });

  it('does not read more than it may, with and without a declared length', async () => {
    const body = 'x'.repeat(5000);
    await expect(get(origin.set('/big', { body }))).rejects.toMatchObject({ code: 'media' });
    await expect(get(origin.set('/endless', { body, closeDelimited: true }))).rejects.toMatchObject({ code: 'media' });
  });

  it('reads ranges, also from servers that send everything, and refuses another range than it asked for', async () => {
    const range = { offset: 3, length: 4 };
    expect(await get(origin.set('/range', '0123456789'), { range })).toBe('3456');
    expect(await get(origin.set('/all', { body: '0123456789', ignoresRanges: true }), { range })).toBe('3456');
    await expect(get(origin.set('/ends', { body: '01234', ignoresRanges: true }), { range })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(get(origin.set('/short', '01234'), { range })).rejects.toMatchObject({ code: 'media' });
  });

  it('follows a few redirects, to http only', async () => {
    origin.set('/b', 'there');
    expect(await get(origin.set('/a', { redirectTo: '/b' }))).toBe('there');
    await expect(get(origin.set('/loop', { redirectTo: '/loop' }))).rejects.toMatchObject({ code: 'media-gone' });
    await expect(get(origin.set('/file', { redirectTo: 'file:///etc/passwd' }))).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('stops when it is told to, and says so', async () => {
    const stop = new AbortController();
    const url = origin.set('/abort', { gate: new Promise(() => undefined) });
    const reading = get(url, { signal: stop.signal });
    await origin.asked('/abort');
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  it('says that a host is not there', async () => {
    await expect(get('http://127.0.0.1:1/x')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says in words, and with what to do, why there is no connection', async () => {
    const port = new URL(origin.url).port;
    const free = await CountingOrigin.start();
    await free[Symbol.asyncDispose]();
    for (const [url, what] of [
      [`https://127.0.0.1:${port}/x`, 'does not speak TLS (ERR_SSL_WRONG_VERSION_NUMBER)'],
      [`${free.url}/x`, 'nothing answers there (ECONNREFUSED)'],
    ] as const) {
      const error = await get(url).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'unavailable', where: url, hint: expect.stringContaining('Check') });
      expect((error as Error).message).toMatch(/^Connection to [^\n]*$/);
      expect((error as Error).message).toContain(what);
    }
  });

  it('asks for a text only if it changed', async () => {
    const url = origin.set('/list', { body: 'text', headers: { etag: '"1"' } });
    const first = await fetcher.text({ url, maxBytes: 100 });
    expect(first).toMatchObject({ text: 'text', validators: { etag: '"1"' } });
    expect(await fetcher.text({ url, maxBytes: 100 }, { etag: '"1"' })).toBe('unchanged');
  });

  it.each([
    ['a movie', Buffer.alloc(3000, 0x1a), {}],
    ['a page', Buffer.from(`  <html>${'#EXTM3U '.repeat(400)}`), {}],
    ['a packed page', gzipSync(randomBytes(3000)), { 'content-encoding': 'gzip' }],
  ])('%s in the place of a text is not read to its end', async (name, body, headers) => {
    // More never comes: who reads on waits for it until it is too late.
    const url = origin.set(`/other ${name}`.replaceAll(' ', '-'), { body, headers, stallAfter: 2000 });
    await expect(patient.text({ url, maxBytes: 100_000, beginning: '#EXTM3U' })).rejects.toMatchObject({
      code: 'media',
      message: `${url} does not begin with #EXTM3U`,
    });
  });

  it.each([
    ['plain', {}],
    ['packed', { 'content-encoding': 'gzip' }],
  ])('a %s text with the wanted beginning is read, however it comes', async (name, headers) => {
    const text = '\uFEFF\n #EXTM3U\n#EXTINF:2,\ns.ts\n';
    const plain = Buffer.from(text);
    const body = name === 'packed' ? gzipSync(plain) : plain;
    const [rest, stallAfter] = [new Promise<void>((resolve) => setTimeout(resolve, 5)), 8];
    const url = origin.set(`/wanted-${name}`, { body, headers, stallAfter, rest });
    const found = await fetcher.text({ url, maxBytes: 1000, beginning: '#EXTM3U' });
    expect(found).toMatchObject({ text: text.slice(1) });
    const short = origin.set('/short', { body: '#EXT' });
    await expect(fetcher.text({ url: short, maxBytes: 100, beginning: '#EXTM3U' })).rejects.toMatchObject({
      code: 'media',
    });
  });
});
