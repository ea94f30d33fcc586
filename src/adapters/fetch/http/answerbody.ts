import type { IncomingMessage } from 'node:http';
import { shown } from './address.ts';
import type { ConnectionPool } from './connectionpool.ts';
import { framed, framingOf } from './framing.ts';
import type { OriginConnection } from './originconnection.ts';

/** The body of an answer on its connection. Throws `media` where it is framed in a way that nobody asked for. */
export class AnswerBody {
  /** Ends early where the connection does; rejects with Node's error. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly #url: URL;
  readonly #connection: OriginConnection;
  readonly #pool: ConnectionPool;
  readonly #keptMs: number;
  #isWhole: boolean;

  constructor(url: URL, response: IncomingMessage, connection: OriginConnection, pool: ConnectionPool) {
    const framing = framingOf(response, shown(url));
    this.#url = url;
    this.#connection = connection;
    this.#pool = pool;
    this.#keptMs = framing === 'closing' ? 0 : keptMs(response);
    this.#isWhole = typeof framing === 'object' && framing.bytes === 0;
    this.chunks = this.#watched(framed(framing, connection, shown(url)));
  }

  giveBack(chunk: Uint8Array): void {
    this.#connection.blocks.giveBack(chunk);
  }

  /** A connection whose answer was read to its end stays for the next request. To be called once. */
  close(): void {
    if (this.#isWhole && this.#keptMs > 0) this.#pool.keep(this.#url, this.#connection, this.#keptMs);
    else this.#connection.destroy();
  }

  async *#watched(chunks: AsyncGenerator<Uint8Array, boolean>): AsyncIterable<Uint8Array> {
    this.#isWhole = yield* chunks;
  }
}

/** How long a connection may rest after an answer, in milliseconds, with a second less than its origin says. */
function keptMs({ httpVersion, headers }: IncomingMessage): number {
  if (httpVersion !== '1.1' || /\bclose\b/i.test(headers.connection ?? '')) return 0;
  const seconds = /\btimeout=(\d+)/i.exec(String(headers['keep-alive'] ?? ''))?.[1];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000 - 1000;
}
