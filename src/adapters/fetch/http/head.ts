import http, { type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { closed } from './connection.ts';
import type { Incoming } from './framing.ts';

const blankLine = '\r\n\r\n';

/** What goes out on a connection. */
export interface Outgoing {
  /** Rejects with the reason when this side ends it. */
  readonly givenUp: Promise<never>;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void;
}

export interface Asking {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Longest head of an answer. */
  readonly maxHeaderSize: number;
}

/**
 * Sends a GET and resolves with the head of its answer, which Node's HTTP reads (strictly, and past informational
 * answers) from a connection of its own that gets no more than that; the body is what comes next on `connection`.
 * Rejects with Node's error.
 */
export async function headOf({ url, headers, maxHeaderSize }: Asking, connection: Incoming & Outgoing) {
  const near = new Duplex({
    read: () => undefined,
    write: (bytes: Uint8Array, _encoding, done) => connection.write(bytes, done),
  });
  const request = http.get({
    createConnection: () => near,
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, connection: 'keep-alive' },
    maxHeaderSize,
    insecureHTTPParser: false,
  });
  const answered = Promise.withResolvers<IncomingMessage>();
  let passed = Promise.withResolvers<void>();
  request.on('information', () => passed.resolve());
  request.on('response', (response) => {
    // It is torn from its connection on purpose.
    response.on('error', () => undefined);
    answered.resolve(response);
  });
  request.on('error', (error) => answered.reject(error));
  request.on('close', () => answered.reject(closed()));
  const handOn = async (): Promise<never> => {
    for (;;) {
      await handHead(connection, near);
      await passed.promise;
      passed = Promise.withResolvers();
    }
  };
  try {
    // Blank lines in front of an answer, say, are none to Node: only the deadline ends that.
    return await Promise.race([answered.promise, handOn(), connection.givenUp]);
  } finally {
    request.destroy();
  }
}

/** Hands on what comes up to and with a blank line, or the end of all. */
async function handHead(connection: Incoming, to: Duplex): Promise<void> {
  let before = '';
  for (;;) {
    const chunk = await connection.next();
    if (chunk === undefined) {
      to.push(null);
      return;
    }
    const seen = before + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1');
    const at = seen.indexOf(blankLine);
    const end = at < 0 ? chunk.length : at + blankLine.length - before.length;
    to.push(chunk.subarray(0, end));
    if (at >= 0) {
      connection.putBack(chunk.subarray(end));
      return;
    }
    before = seen.slice(-(blankLine.length - 1));
  }
}
