import type { LookupFunction } from 'node:net';
import { BlockPool } from './blocks.ts';
import { OriginConnection } from './originconnection.ts';

interface Resting {
  readonly connection: OriginConnection;
  readonly untilMs: number;
}

/** Connections that stand between requests, by origin, and the memory that all are read into. */
export class ConnectionPool {
  readonly #blocks = new BlockPool();
  readonly #resting = new Map<string, Resting[]>();

  /** One that stands, otherwise a new one. */
  take(url: URL, lookup: LookupFunction | undefined): OriginConnection {
    for (;;) {
      const resting = this.#resting.get(url.origin);
      const last = resting?.pop();
      if (resting?.length === 0) this.#resting.delete(url.origin);
      if (last === undefined) return new OriginConnection(url, lookup, this.#blocks);
      last.connection.wake();
      if (last.connection.isQuiet && performance.now() < last.untilMs) return last.connection;
      last.connection.destroy();
    }
  }

  /** Keeps one whose answer was read to its end for the next request; `forMs`: as long as its origin keeps it. */
  keep({ origin }: URL, connection: OriginConnection, forMs: number): void {
    if (!connection.isQuiet) {
      connection.destroy();
      return;
    }
    const resting = this.#resting.get(origin) ?? [];
    this.#resting.set(origin, resting);
    resting.push({ connection, untilMs: performance.now() + forMs });
    connection.rest(() => {
      const at = resting.findIndex((other) => other.connection === connection);
      if (at >= 0) resting.splice(at, 1);
      if (resting.length === 0 && this.#resting.get(origin) === resting) this.#resting.delete(origin);
    });
  }

  /** Ends those that rest. */
  close(): void {
    for (const { connection } of [...this.#resting.values()].flat()) connection.destroy();
    this.#resting.clear();
  }
}
