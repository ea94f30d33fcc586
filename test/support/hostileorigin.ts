import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seeded } from './madechat.ts';
import { transportStream } from './segments.ts';

/** A way to answer wrongly. `path` is what was asked for, `body` what a good origin would send. */
type Fault = (response: ServerResponse, body: Buffer, path: string) => void;

const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  (response) =>
    response.writeHead(code, headers).end('no');
const page =
  (text: string): Fault =>
  (response) =>
    response.writeHead(200, { 'content-type': 'video/mp2t', 'content-length': String(text.length) }).end(text);
const declared = (response: ServerResponse, length: number): ServerResponse =>
  response.writeHead(200, { 'content-type': 'video/mp2t', 'content-length': String(length) });

/** Faults of an origin by their name; none of them is a good segment. */
export const faults: Readonly<Record<string, Fault>> = {
  'status 403': status(403),
  'status 404': status(404),
  'status 416': status(416),
  'status 429': status(429, { 'retry-after': '0' }),
  'status 500': status(500),
  'status 503': status(503),
  'a web page': page('<!doctype html><html><body>Sign in</body></html>'),
  'a playlist': page('#EXTM3U\n#EXTINF:2,\nother.ts\n#EXT-X-ENDLIST\n'),
  'an empty body': page(''),
  'cut off': (response, body) => {
    declared(response, body.length).write(body.subarray(0, body.length >> 1), () => response.destroy());
  },
  'a stall': (response, body) => {
    declared(response, body.length).write(body.subarray(0, 1000));
  },
  'a length that is too short': (response, body) => {
    declared(response, body.length - 100).end(body.subarray(0, body.length - 100));
  },
  'a length that is too long': (response, body) => {
    declared(response, body.length + 188).write(body, () => response.destroy());
  },
  'a part that nobody asked for': (response, body) => {
    const part = body.subarray(0, 188 * 3);
    const headers = { 'content-length': String(part.length), 'content-range': `bytes 0-563/${body.length}` };
    response.writeHead(206, { 'content-type': 'video/mp2t', ...headers }).end(part);
  },
  'a web page behind a good head': (response, body) => {
    const mixed = Buffer.from(body);
    mixed.fill('<p>the rest is behind a wall</p>', 188 * 8);
    declared(response, mixed.length).end(mixed);
  },
  'another encoding': (response, body) => {
    const headers = { 'content-encoding': 'br', 'content-length': String(body.length) };
    response.writeHead(200, headers).end(body);
  },
  'a redirect without an end': (response, _, path) => {
    response.writeHead(302, { location: path, 'content-length': '0' }).end();
  },
  'a redirect to the host itself': (response) => {
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
  },
};

/**
 * An origin on loopback that answers wrongly at first, in an order that a seed gives, and rightly in the end. Its
 * segments are `/s0.ts` and so on, each with bytes of its own.
 */
export class HostileOrigin implements AsyncDisposable {
  readonly #server = http.createServer((request, response) => this.#answer(request, response));
  readonly #random: () => number;
  readonly #packets: number;
  #notYet: string[] = [];
  /** How likely an answer is wrong; 0 lets all be right. */
  share: number;
  /** Right answers that were sent to their end, by path. */
  readonly whole = new Map<string, number>();
  /** How often each fault was shown. */
  readonly shown = new Map<string, number>();
  url = '';

  private constructor(seed: number, share: number, packets: number) {
    this.#random = seeded(seed);
    this.share = share;
    this.#packets = packets;
  }

  static async start(seed: number, share: number, packets = 40): Promise<HostileOrigin> {
    const origin = new HostileOrigin(seed, share, packets);
    await new Promise<void>((resolve) => origin.#server.listen(0, '127.0.0.1', resolve));
    origin.url = `http://127.0.0.1:${(origin.#server.address() as AddressInfo).port}`;
    return origin;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const body = transportStream(Number(/^\/s(\d+)\.ts$/.exec(path)?.[1]), this.#packets);
    if (this.#random() < this.share) {
      const name = this.#next();
      this.shown.set(name, (this.shown.get(name) ?? 0) + 1);
      faults[name]?.(response, body, path);
      return;
    }
    response.on('finish', () => this.whole.set(path, (this.whole.get(path) ?? 0) + 1));
    declared(response, body.length);
    // In two halves, so that a kill can fall between them.
    response.write(body.subarray(0, body.length >> 1));
    setTimeout(() => response.end(body.subarray(body.length >> 1)), Math.floor(this.#random() * 20));
  }

  /** A fault by its name: each has its turn before one comes again. */
  #next(): string {
    if (this.#notYet.length === 0) this.#notYet = Object.keys(faults);
    const [name = ''] = this.#notYet.splice(Math.floor(this.#random() * this.#notYet.length), 1);
    return name;
  }
}
