import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { CliptideError } from '../../domain/errors.ts';
import { redisFailure } from './failures.ts';

/** How to reach Redis; the password stays in here and is never printed. */
export interface RedisConnection {
  /** `redis://host:port/database`, or `rediss:` for TLS. */
  readonly url: string;
  /** User of the ACL; the default one unless given. */
  readonly username?: string;
  readonly password?: string;
  /** Authorities as PEM, where not the system's. */
  readonly ca?: string;
}

/** So long a command is tried again while Redis is away or restarts, in milliseconds, unless told otherwise. */
const defaultPatienceMs = 10_000;
/** Without an answer for so long the connection counts as dead. */
const silenceMs = 2_000;
/** So long all commands together once their process stops. */
const lastPatienceMs = 1_000;
const betweenTriesMs = 50;

/**
 * One connection, made again as often as it breaks. ioredis itself neither keeps nor repeats commands here: what it
 * still sends after its caller was told that Redis is away would happen behind the caller's back.
 */
const options = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // Commands are refused with LOADING until the data is there, and asking first would need the right to INFO.
  enableReadyCheck: false,
  connectTimeout: 5_000,
  socketTimeout: silenceMs,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000),
  // After a fail-over the name leads to another server.
  reconnectOnError: (error: Error) => /^(ERR )?READONLY/.test(error.message),
  connectionName: 'cliptide',
} satisfies RedisOptions;

/** A connection to Redis that rides out its restarts. */
export class RedisLink {
  /** Host and port, for people. */
  readonly where: string;
  readonly #client: Redis;
  readonly #patienceMs: number;
  #isClosed = false;
  /** Of this process's monotonic clock. */
  #waitsUntilMs = Number.POSITIVE_INFINITY;
  #lastError: unknown;

  constructor(connection: RedisConnection, patienceMs = defaultPatienceMs) {
    const { username, password } = connection;
    this.where = new URL(connection.url).host;
    this.#patienceMs = patienceMs;
    this.#client = new Redis(connection.url, {
      ...options,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...tlsOf(connection),
    });
    this.#client.on('error', (error) => {
      this.#lastError = error;
    });
    this.#client.on('ready', () => {
      this.#lastError = undefined;
    });
  }

  /**
   * Runs a step, again while Redis is away, so it must do no harm when it happens twice. Rejects with `unavailable`
   * when the patience is over, at once with `forbidden`, `config` or `internal`.
   */
  async run<T>(step: (client: Redis) => Promise<T>, patienceMs = this.#patienceMs): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const outcome = await this.#try(step);
      if (outcome.error === undefined) return outcome.value;
      const isOver = performance.now() >= Math.min(deadline, this.#waitsUntilMs);
      if (outcome.error.code !== 'unavailable' || isOver) throw outcome.error;
      await sleep(betweenTriesMs);
    }
  }

  /** From now on no command waits long for a Redis that is away; one that is there is asked as before. */
  stopWaiting(): void {
    this.#waitsUntilMs = performance.now() + lastPatienceMs;
  }

  /** Ends also what waits for a Redis that is away. */
  async close(): Promise<void> {
    // A client that is about to connect again never says that it was told to end.
    this.#isClosed = true;
    if (this.#client.status === 'ready') await this.#client.quit().catch(() => undefined);
    this.#client.disconnect();
  }

  async #try<T>(step: (client: Redis) => Promise<T>): Promise<Outcome<T>> {
    try {
      const { status } = this.#client;
      if (this.#isClosed || status === 'end')
        return { error: new CliptideError('aborted', 'this connection to Redis was closed') };
      if (status === 'wait') this.#client.connect().catch(() => undefined);
      if (status === 'ready') return { value: await step(this.#client), error: undefined };
      return { error: redisFailure(this.#lastError ?? new Error('no connection yet'), this.where) };
    } catch (error) {
      return { error: redisFailure(error, this.where) };
    }
  }
}

type Outcome<T> = { readonly value: T; readonly error: undefined } | { readonly error: CliptideError };

function tlsOf({ url, ca }: RedisConnection): { readonly tls?: { readonly ca: string } } {
  if (ca === undefined) return {};
  if (new URL(url).protocol === 'rediss:') return { tls: { ca } };
  throw new CliptideError('config', 'redis.ca is given, but redis.url is not reached over TLS', {
    where: 'redis.url',
    hint: 'begin it with rediss:',
  });
}
