import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path answers. Everything but `body` makes it misbehave. */
export interface OriginAnswer {
  readonly body?: Uint8Array | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** This status instead of the body, for so many requests (all, unless `times` says how many). */
  readonly status?: number;
  readonly times?: number;
  readonly redirectTo?: string;
  /** Sent with the redirect, again and again until the connection ends. */
  readonly redirectBody?: string;
  /** Status of the good answer; 200, or 206 to a range, unless given. */
  readonly okStatus?: number;
  /** Sends only so many bytes, then cuts the connection. */
  readonly cutAfter?: number;
  /** Sends only so many bytes, then nothing more. */
  readonly stallAfter?: number;
  /** Sends a byte at a time, one after so many milliseconds. */
  readonly dripMs?: number;
  /** When this resolves, the rest follows what `stallAfter` let through. */
  readonly rest?: Promise<void>;
  /** Sends no Content-Length: the connection's end is the body's end. */
  readonly closeDelimited?: boolean;
  readonly ignoresRanges?: boolean;
  /** Answers 403 to who does not have this in the query as its `token`. */
  readonly token?: string;
  /** Answers only once this resolves. */
  readonly gate?: Promise<void>;
}

/** A server on loopback that counts what it is asked for and what it sends. */
export class CountingOrigin implements AsyncDisposable {
  readonly #answers = new Map<string, OriginAnswer>();
  readonly #requests = new Map<string, number>();
  readonly #bytes = new Map<string, number>();
  readonly #server = http.createServer((request, response) => void this.#handle(request, response));
  readonly #left = new Map<string, () => void>();
  readonly #waiting = new Map<string, (() => void)[]>();
  /** Requests in order: path and range. */
  readonly log: string[] = [];
  url = '';

  static async start(): Promise<CountingOrigin> {
    const origin = new CountingOrigin();
    await new Promise<void>((resolve) => origin.#server.listen(0, '127.0.0.1', resolve));
    origin.url = `http://127.0.0.1:${(origin.#server.address() as AddressInfo).port}`;
    return origin;
  }

  set(path: string, answer: OriginAnswer | Uint8Array | string): string {
    const isBody = typeof answer === 'string' || answer instanceof Uint8Array;
    this.#answers.set(path, isBody ? { body: answer } : answer);
    return this.url + path;
  }

  requests(path: string): number {
    return this.#requests.get(path) ?? 0;
  }

  /** Body bytes sent for a path. */
  bytes(path: string): number {
    return this.#bytes.get(path) ?? 0;
  }

  /** Resolves when the path has been asked for. */
  asked(path: string): Promise<void> {
    if (this.requests(path) > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(path, [...(this.#waiting.get(path) ?? []), resolve]));
  }

  /** Resolves when who was being sent a redirect's body has gone. */
  left(path: string): Promise<void> {
    return new Promise((resolve) => this.#left.set(path, resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams } = new URL(request.url ?? '/', this.url);
    const count = this.requests(path) + 1;
    this.#requests.set(path, count);
    this.log.push(`${path} ${request.headers.range ?? ''}`.trim());
    for (const wake of this.#waiting.get(path) ?? []) wake();
    const answer = this.#answers.get(path) ?? { status: 404 };
    await answer.gate;
    const isFailing = answer.status !== undefined && count <= (answer.times ?? Number.POSITIVE_INFINITY);
    if (answer.token !== undefined && searchParams.get('token') !== answer.token) {
      response.writeHead(403).end('no');
    } else if (answer.redirectTo !== undefined) {
      response.writeHead(302, { location: answer.redirectTo });
      if (answer.redirectBody === undefined) response.end();
      else this.#pour(path, answer.redirectBody, response);
    } else if (isFailing) {
      response.writeHead(answer.status ?? 500, answer.headers).end('no');
    } else {
      this.#send(path, answer, request, response);
    }
  }

  /** As much as the other side takes, for as long as it is there. */
  #pour(path: string, text: string, response: ServerResponse): void {
    const more = (): boolean => response.destroyed || response.write(text, more);
    response.once('close', () => this.#left.get(path)?.());
    more();
  }

  #send(path: string, answer: OriginAnswer, request: IncomingMessage, response: ServerResponse): void {
    const whole = bytesOf(answer.body ?? '');
    const etag = answer.headers?.etag;
    if (etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end();
      return;
    }
    const wanted = request.headers['if-range'];
    const isOther = wanted !== undefined && wanted !== etag;
    const range = answer.ignoresRanges || isOther ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const body = range === null ? whole : whole.subarray(Number(range[1]), Number(range[2]) + 1);
    const headers: Record<string, string> = { 'content-type': answer.contentType ?? 'video/mp2t', ...answer.headers };
    if (!answer.closeDelimited) headers['content-length'] = String(body.length);
    else headers.connection = 'close';
    if (range !== null)
      headers['content-range'] = `bytes ${range[1]}-${Number(range[1]) + body.length - 1}/${whole.length}`;
    if (answer.closeDelimited) response.useChunkedEncodingByDefault = false;
    response.writeHead(answer.okStatus ?? (range === null ? 200 : 206), headers);
    const sent = body.subarray(0, answer.cutAfter ?? answer.stallAfter ?? body.length);
    this.#bytes.set(path, this.bytes(path) + sent.length);
    if (answer.dripMs !== undefined) drip(response, sent, answer.dripMs);
    else if (answer.stallAfter !== undefined) {
      response.write(sent);
      answer.rest?.then(() => response.end(body.subarray(sent.length)));
    } else if (answer.cutAfter === undefined) response.end(sent);
    else response.write(sent, () => (answer.closeDelimited ? response.end() : response.destroy()));
  }
}

function drip(response: ServerResponse, body: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}

/** Without a copy where it is bytes: what a large body costs to send is measured. */
function bytesOf(body: Uint8Array | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
}
