import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { createFetcher, type HttpFetcher } from '../../../src/adapters/fetch/http/fetcher.ts';
import { type AddressRules, addressPolicy } from '../../../src/adapters/fetch/http/policy.ts';
import { parseGrant } from '../../../src/domain/fetchgrant.ts';
import type { FetchedBody } from '../../../src/ports/fetcher.ts';
import { hasOpenssl, selfSigned } from '../../support/certificates.ts';
import { CountingOrigin } from '../../support/origin.ts';

let origin: CountingOrigin;
/** What must never be asked; on another port of the same machine. */
let inner: CountingOrigin;
const opened: HttpFetcher[] = [];

beforeAll(async () => {
  origin = await CountingOrigin.start();
  inner = await CountingOrigin.start();
});
afterAll(async () => {
  for (const fetcher of opened) fetcher.close();
  await origin[Symbol.asyncDispose]();
  await inner[Symbol.asyncDispose]();
});

function fetcherWith(rules: Partial<AddressRules> & { readonly allowed?: readonly string[] }): HttpFetcher {
  const allow = (rules.allowed ?? []).flatMap((text) => parseGrant(text) ?? []);
  const policy = addressPolicy({ allow, ports: [80, 443], given: [], ...rules });
  const fetcher = createFetcher(systemClock, policy, { attempts: 2, backoffMs: 1, connectMs: 2000 });
  opened.push(fetcher);
  return fetcher;
}

async function read(body: FetchedBody): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
const get = (fetcher: HttpFetcher, url: string) => fetcher.get({ url, maxBytes: 10_000 }, read);
const forbidden = { code: 'forbidden' };

describe('where a redirect may lead', () => {
  it('from a typed address to itself, and nowhere else that is not public', async () => {
    const fetcher = fetcherWith({ given: [new URL(origin.url)] });
    origin.set('/there', 'there');
    expect(await get(fetcher, origin.set('/same', { redirectTo: '/there' }))).toBe('there');
    const targets = [
      inner.set('/secret', 'secret'),
      `http://localhost:${new URL(inner.url).port}/secret`,
      'http://169.254.169.254/latest/meta-data/',
      'http://[::ffff:169.254.169.254]/',
      'http://user:password@example.org/',
      'http://1.1.1.1:6379/',
      'ftp://example.org/',
    ];
    for (const [index, redirectTo] of targets.entries()) {
      const from = origin.set(`/to${index}`, { redirectTo });
      await expect(get(fetcher, from)).rejects.toMatchObject(forbidden);
      expect(origin.requests(`/to${index}`), 'it is not tried again').toBe(1);
    }
    expect(inner.log).toEqual([]);
  });

  it('from elsewhere not to what was typed, but to what is configured', async () => {
    const { host } = new URL(origin.url);
    const target = inner.set('/file', 'file');
    const from = origin.set('/across', { redirectTo: target });
    const typed = fetcherWith({ allowed: [host], given: [new URL(inner.url)] });
    await expect(get(typed, from)).rejects.toMatchObject(forbidden);
    expect(await get(typed, target)).toBe('file');
    const configured = fetcherWith({ allowed: [host, new URL(inner.url).host] });
    expect(await get(configured, from)).toBe('file');
  });

  it('only so many times', async () => {
    for (let hop = 0; hop < 20; hop += 1) origin.set(`/hop${hop}`, { redirectTo: `/hop${hop + 1}` });
    const fetcher = fetcherWith({ given: [new URL(origin.url)] });
    await expect(get(fetcher, `${origin.url}/hop0`)).rejects.toMatchObject({ code: 'media-gone' });
    expect(origin.requests('/hop6')).toBe(0);
  });
});

describe('a name that changes its mind', () => {
  const port = () => Number(new URL(origin.url).port);

  it('is looked up once a connection, and the connection goes to what was looked at', async () => {
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let asked = 0;
    const resolve = async () => answers[Math.min(asked++, 1)] ?? [];
    // 127.0.0.1 stands for a public address here, 127.0.0.2 for an internal one.
    const fetcher = fetcherWith({ allowed: ['127.0.0.1/32'], ports: [port()], resolve });
    origin.set('/a', { body: 'a', headers: { connection: 'close' } });
    expect(await get(fetcher, `http://rebind.test:${port()}/a`)).toBe('a');
    expect(asked).toBe(1);
    await expect(get(fetcher, `http://rebind.test:${port()}/a`)).rejects.toMatchObject(forbidden);
    expect(origin.requests('/a')).toBe(1);
  });

  it('is connected to at its public addresses only', async () => {
    const resolve = async () => ['127.0.0.2', '127.0.0.1', '::1'];
    const fetcher = fetcherWith({ allowed: ['127.0.0.1/32'], ports: [port()], resolve });
    origin.set('/b', 'b');
    expect(await get(fetcher, `http://mixed.test:${port()}/b`)).toBe('b');
  });
});

it('a playlist that unpacks to more than it may is refused', async () => {
  const fetcher = fetcherWith({ given: [new URL(origin.url)] });
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const url = origin.set('/bomb.m3u8', { body: bomb, headers: { 'content-encoding': 'gzip' } });
  await expect(fetcher.text({ url, maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'media' });
  await expect(get(fetcher, url)).rejects.toMatchObject({ code: 'media' });
});

describe('whatever the environment says', () => {
  const source = (file: string) => pathToFileURL(path.resolve(import.meta.dirname, '../../..', file)).href;
  const child = `
    const { systemClock } = await import('${source('src/adapters/embedded/clock.ts')}');
    const { createFetcher } = await import('${source('src/adapters/fetch/http/fetcher.ts')}');
    const { openPolicy } = await import('${source('test/support/openpolicy.ts')}');
    const fetcher = createFetcher(systemClock, openPolicy, { attempts: 1 });
    const found = await fetcher.text({ url: process.argv[1], maxBytes: 1e8 }).then(({ text }) => text, (e) => e.code);
    console.log(found);
    fetcher.close();
  `;
  async function fetchedBy(url: string, env: Readonly<Record<string, string>>): Promise<string> {
    const flags = ['--no-warnings', '--input-type=module', '-e', child, url];
    const { stdout } = await promisify(execFile)(process.execPath, flags, { env: { ...process.env, ...env } });
    return stdout.trim();
  }

  if (!hasOpenssl) console.warn('skipped: certificates are checked, which needs openssl to make one');
  it.skipIf(!hasOpenssl)('certificates are checked, and https does not become http', async () => {
    const files = selfSigned();
    const to = `${origin.url}/plain`;
    origin.set('/plain', 'plain');
    const keys = { key: readFileSync(files.key), cert: readFileSync(files.cert) };
    const server = https.createServer(keys, (request, response) => {
      if (request.url === '/down') response.writeHead(302, { location: to }).end();
      else response.end('secure');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const trusting = { NODE_EXTRA_CA_CERTS: files.cert };
      expect(await fetchedBy(`${url}/`, trusting)).toBe('secure');
      expect(await fetchedBy(`${url}/`, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBe('unavailable');
      expect(await fetchedBy(`${url}/down`, trusting)).toBe('forbidden');
      expect(origin.requests('/plain')).toBe(0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
      rmSync(files.folder, { recursive: true });
    }
  });

  it('no proxy stands between', async () => {
    const env = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: inner.url, http_proxy: inner.url, NO_PROXY: '', no_proxy: '' };
    const before = inner.log.length;
    expect(await fetchedBy(origin.set('/direct', 'direct'), env)).toBe('direct');
    expect(inner.log.length).toBe(before);
  });
});
