import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { hasOpenssl, selfSigned } from '../../support/certificates.ts';

const source = (file: string) => pathToFileURL(path.resolve(import.meta.dirname, '../../..', file)).href;
/** Fetches an address often, some at once, and prints what it got; trusts a certificate by its environment. */
const child = `
  const { createHash } = await import('node:crypto');
  const { systemClock } = await import('${source('src/adapters/embedded/clock.ts')}');
  const { createFetcher } = await import('${source('src/adapters/fetch/http/fetcher.ts')}');
  const { openPolicy } = await import('${source('test/support/openpolicy.ts')}');
  const fetcher = createFetcher(systemClock, openPolicy, { attempts: 1 });
  const get = () => fetcher.get({ url: process.argv[1], maxBytes: 1e8 }, async ({ chunks, giveBack }) => {
    const hash = createHash('sha256');
    for await (const chunk of chunks) {
      hash.update(chunk);
      giveBack(chunk);
    }
    return hash.digest('hex');
  });
  for (let go = 0; go < 3; go += 1) console.log((await Promise.all([get(), get(), get()])).join(' '));
  fetcher.close();
`;

if (!hasOpenssl) console.warn('skipped: media comes over TLS, which needs openssl to make a certificate');
it.skipIf(!hasOpenssl)('media comes over TLS, on connections that are used again', async () => {
  const files = selfSigned();
  const body = randomBytes(5_000_000);
  let handshakes = 0;
  const keys = { key: readFileSync(files.key), cert: readFileSync(files.cert) };
  const server = https.createServer(keys, (_, response) => response.end(body));
  server.on('secureConnection', () => {
    handshakes += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/s.ts`;
    const flags = ['--no-warnings', '--input-type=module', '-e', child, url];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: files.cert };
    const { stdout } = await promisify(execFile)(process.execPath, flags, { env });
    const expected = createHash('sha256').update(body).digest('hex');
    expect(stdout.trim().split(/\s+/)).toEqual(Array.from({ length: 9 }, () => expected));
    expect(handshakes).toBe(3);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(files.folder, { recursive: true });
  }
});
