import { createHash, randomBytes } from 'node:crypto';
import net, { type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { createFetcher } from '../../../src/adapters/fetch/http/fetcher.ts';
import { bodyText } from '../../support/bodytext.ts';
import { openPolicy } from '../../support/openpolicy.ts';

let url: string;
const sockets = new Set<Socket>();
const fetcher = createFetcher(systemClock, openPolicy);
const body = randomBytes(3_000_000);
/** What is written for each request, in the order of connections and requests. */
const answers = {
  '/chunked': chunked(),
  '/sized': sized(),
  '/more': withMore(),
  '/after': plain('after'),
  '/half': half(),
  '/blank': Buffer.from('\r\n\r\n'),
} as Record<string, Buffer>;
let connections = 0;
const server = net.createServer((socket) => {
  connections += 1;
  sockets.add(socket);
  socket.on('error', () => undefined);
  let owed = '';
  socket.on('data', (head) => {
    const path = /^GET (\S+)/.exec(String(head))?.[1] ?? '';
    socket.write(Buffer.concat([Buffer.from(owed), answers[path] ?? Buffer.alloc(0)]));
    owed = path === '/half' ? 'the rest' : '';
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  fetcher.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function plain(text: string): Buffer {
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
}

function chunked(): Buffer {
  const parts = [Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')];
  for (let at = 0; at < body.length; at += 5000) {
    const part = body.subarray(at, at + 5000);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

/** An answer of which the rest comes only with the next one. */
function half(): Buffer {
  return Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nhalf');
}

function sized(): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`), body]);
}

/** An answer with a second one behind it that nobody asked for. */
function withMore(): Buffer {
  return Buffer.concat([plain('asked'), plain('never')]);
}

it('hands on what came, however slowly it is taken and however many read at the same time', async () => {
  const expected = createHash('sha256').update(body).digest('hex');
  const hashes = Array.from({ length: 3 }, () =>
    fetcher.get({ url: `${url}/chunked`, maxBytes: 1e7 }, async ({ chunks }) => {
      const taken: Uint8Array[] = [];
      for await (const chunk of chunks) {
        taken.push(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return createHash('sha256').update(Buffer.concat(taken)).digest('hex');
    }),
  );
  expect(await Promise.all(hashes)).toEqual([expected, expected, expected]);
});

it('reads into memory again only what was given back', async () => {
  const expected = createHash('sha256').update(body).digest('hex');
  const hashes = Array.from({ length: 12 }, (_, k) =>
    fetcher.get({ url: `${url}/sized`, maxBytes: 1e7 }, async ({ chunks, giveBack }) => {
      const hash = createHash('sha256');
      const kept: Uint8Array[] = [];
      const take = (): void => {
        const [chunk] = kept.splice(0, 1);
        if (chunk === undefined) return;
        hash.update(chunk);
        giveBack?.(chunk);
      };
      for await (const chunk of chunks) {
        kept.push(chunk);
        // Some keep what came for longer than others.
        if (kept.length > k % 4) take();
        await new Promise((resolve) => setImmediate(resolve));
      }
      while (kept.length > 0) take();
      return hash.digest('hex');
    }),
  );
  expect(new Set(await Promise.all(hashes))).toEqual(new Set([expected]));
});

it('does not take what follows an answer for the answer to the next request', async () => {
  expect(await fetcher.get({ url: `${url}/more`, maxBytes: 100 }, bodyText)).toBe('asked');
  expect(await fetcher.get({ url: `${url}/after`, maxBytes: 100 }, bodyText)).toBe('after');
  const before = connections;
  expect(await fetcher.get({ url: `${url}/after`, maxBytes: 100 }, bodyText)).toBe('after');
  expect(connections).toBe(before);
});

it('does not ask again on a connection whose answer it did not read to its end', async () => {
  const once = createFetcher(systemClock, openPolicy, { attempts: 1 });
  const range = { offset: 0, length: 4 };
  expect(await once.get({ url: `${url}/half`, range, maxBytes: 100 }, bodyText)).toBe('half');
  expect(await once.get({ url: `${url}/after`, maxBytes: 100 }, bodyText)).toBe('after');
  once.close();
});

it('does not wait for ever for an answer of blank lines alone, and stops when it is told to', async () => {
  const hasty = createFetcher(systemClock, openPolicy, { attempts: 1, firstByteMs: 100 });
  const asked = { url: `${url}/blank`, maxBytes: 100 };
  await expect(hasty.get(asked, bodyText)).rejects.toMatchObject({ code: 'timeout' });
  hasty.close();
  const stop = new AbortController();
  const reading = fetcher.get({ ...asked, signal: stop.signal }, bodyText);
  stop.abort();
  await expect(reading).rejects.toMatchObject({ code: 'aborted' });
});

it('closes a connection on which something comes while nobody asks', async () => {
  expect(await fetcher.get({ url: `${url}/after`, maxBytes: 100 }, bodyText)).toBe('after');
  const open = [...sockets].filter((socket) => !socket.destroyed);
  expect(open.length).toBeGreaterThan(0);
  const closed = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  for (const socket of open) socket.write(plain('unasked'));
  await Promise.all(closed);
  expect(await fetcher.get({ url: `${url}/after`, maxBytes: 100 }, bodyText)).toBe('after');
});
