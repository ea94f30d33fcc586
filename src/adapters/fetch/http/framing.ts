import type { IncomingMessage } from 'node:http';
import { CliptideError } from '../../../domain/errors.ts';
import { leastBytes } from './blocks.ts';

/** Longest line with a chunk's size, and all that may follow the last chunk. */
const lineBytes = 1024;
const trailerBytes = 16 * 1024;

/** What comes on a connection. */
export interface Incoming {
  /** What comes next; undefined when the other side has ended it. Rejects with Node's error when it broke. */
  next(): Promise<Uint8Array | undefined>;
  /** Puts back what was not needed: it comes next. */
  putBack(chunk: Uint8Array): void;
  /** How many bytes of a body will come with `next`; undefined where only they will tell. */
  expect(bytes: number | undefined): void;
}

/** Where a body ends: behind so many bytes, behind its last chunk, or with the connection. */
export type Framing = { readonly bytes: number } | 'chunked' | 'closing';

/** How an answer's body is framed (RFC 9112, section 6.3); Node refused heads that contradict themselves. */
export function framingOf({ statusCode, headers }: IncomingMessage, where: string): Framing {
  if (statusCode === 204 || statusCode === 304) return { bytes: 0 };
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (coding.trim().toLowerCase() === 'chunked') return 'chunked';
    throw new CliptideError('media', `${where} was sent as ${coding}, which nobody asked for`, { where });
  }
  const length = headers['content-length'];
  return length === undefined ? 'closing' : { bytes: Number(length) };
}

/** The bytes of a body; ends early where the connection does. Resolves with whether it was whole. */
export async function* framed(
  framing: Framing,
  connection: Incoming,
  where: string,
): AsyncGenerator<Uint8Array, boolean> {
  if (typeof framing === 'string') connection.expect(undefined);
  if (framing === 'chunked') return yield* chunked(new Lines(connection, where));
  if (framing !== 'closing') {
    if (framing.bytes >= leastBytes) connection.expect(framing.bytes);
    return yield* sized(framing.bytes, connection);
  }
  for (;;) {
    const chunk = await connection.next();
    if (chunk === undefined) return true;
    yield chunk;
  }
}

async function* sized(bytes: number, connection: Incoming): AsyncGenerator<Uint8Array, boolean> {
  let left = bytes;
  while (left > 0) {
    const chunk = await connection.next();
    if (chunk === undefined) return false;
    if (chunk.length > left) connection.putBack(chunk.subarray(left));
    const own = chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= own.length;
    yield own;
  }
  return true;
}

/** RFC 9112, section 7.1. */
async function* chunked(lines: Lines): AsyncGenerator<Uint8Array, boolean> {
  for (;;) {
    const line = await lines.next(lineBytes);
    if (line === undefined) return false;
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw lines.wrong(`a chunk of "${line.slice(0, 40)}" bytes`);
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    if (!(yield* sized(bytes, lines.connection))) return false;
    const end = await lines.next(lineBytes);
    if (end === undefined) return false;
    if (end !== '') throw lines.wrong('a chunk that is longer than it said');
  }
  let left = trailerBytes;
  for (;;) {
    const line = await lines.next(left);
    if (line === undefined) return false;
    if (line === '') return true;
    left -= line.length + 2;
  }
}

/** What comes, by lines. */
class Lines {
  readonly connection: Incoming;
  readonly #where: string;

  constructor(connection: Incoming, where: string) {
    this.connection = connection;
    this.#where = where;
  }

  /** Without its end, which is CR LF; undefined when the connection ends before. */
  async next(most: number): Promise<string | undefined> {
    let line = '';
    for (;;) {
      const chunk = await this.connection.next();
      if (chunk === undefined) return undefined;
      const end = chunk.indexOf(10);
      line += Buffer.from(chunk.buffer, chunk.byteOffset, end < 0 ? chunk.length : end + 1).toString('latin1');
      if (line.length > most + 2) throw this.wrong('a line without an end');
      if (end < 0) continue;
      this.connection.putBack(chunk.subarray(end + 1));
      if (!line.endsWith('\r\n')) throw this.wrong('a line that ends in the middle');
      return line.slice(0, -2);
    }
  }

  wrong(what: string): CliptideError {
    const where = this.#where;
    return new CliptideError('unavailable', `${where} was sent in chunks with ${what}`, { where });
  }
}
