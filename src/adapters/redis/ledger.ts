import { randomUUID } from 'node:crypto';
import { moreThanReserved, moreThanUsed, mustBeUnits, overBefore, overBudget } from '../../domain/quota.ts';
import type { QuotaLedger, Reservation, ReserveRequest, ScopeUsage } from '../../ports/ledger.ts';
import { type RedisConnection, RedisLink } from './connection.ts';
import { scripts } from './ledgerscripts.ts';
import { type Answer, ScopeScripts } from './scopescripts.ts';

export interface RedisLedgerOptions {
  readonly connection: RedisConnection;
  /** Stands before every key. */
  readonly prefix: string;
  /** How long a call waits for a Redis that is away, in milliseconds; ten seconds unless given. */
  readonly patienceMs?: number;
  /**
   * Gives the time by which leases end, in milliseconds since 1970. Unless given it is the server's, which all nodes have
   * in common, read inside each script; tests give one.
   */
  readonly now?: () => number;
}

/** Most leases that one script takes back: Redis does nothing else meanwhile. */
const expiredAtOnce = 500;

/**
 * The ledger in Redis, for any number of processes and nodes. Its methods reject with `unavailable` while Redis is away,
 * and for a scope whose counters were lost until `reconcile` says what is really used. Rejects with `unavailable` or
 * `forbidden` when Redis cannot be asked.
 */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<QuotaLedger> {
  const link = new RedisLink(options.connection, options.patienceMs);
  try {
    await link.run((client) => client.ping());
  } catch (error) {
    await link.close();
    throw error;
  }
  return new RedisLedger(link, new ScopeScripts(link, options.prefix, options.now));
}

class RedisLedger implements QuotaLedger {
  readonly #link: RedisLink;
  readonly #scopes: ScopeScripts;

  constructor(link: RedisLink, scopes: ScopeScripts) {
    this.#link = link;
    this.#scopes = scopes;
  }

  async setCap(scope: string, cap: number): Promise<void> {
    mustBeUnits(cap);
    await this.#scopes.run(scope, scripts.setCap, [cap]);
  }

  async usage(scope: string): Promise<ScopeUsage> {
    return usageIn(scope, await this.#scopes.run(scope, scripts.usage, []));
  }

  async reserve({ scope, amount, holder, ttlMs }: ReserveRequest): Promise<Reservation> {
    mustBeUnits(amount);
    const id = randomUUID();
    const answer = await this.#scopes.run(scope, scripts.reserve, [id, amount, Math.ceil(ttlMs), holder]);
    if (answer.status === 'budget') throw overBudget(amount, usageIn(scope, answer));
    const [token, expiresAtMs] = numbers(answer);
    return { id, scope, amount, token, expiresAtMs };
  }

  async extend(reservation: Reservation, more: number): Promise<Reservation> {
    mustBeUnits(more);
    const { id, scope, token } = reservation;
    const answer = await this.#scopes.run(scope, scripts.extend, [id, token, more]);
    if (answer.status === 'fenced') throw overBefore(scope);
    if (answer.status === 'budget') throw overBudget(more, usageIn(scope, answer));
    const [amount, expiresAtMs] = numbers(answer);
    return { id, scope, amount, token, expiresAtMs };
  }

  async commit({ id, scope, token }: Reservation, actual: number): Promise<void> {
    mustBeUnits(actual);
    const answer = await this.#scopes.run(scope, scripts.commit, [id, token, actual]);
    if (answer.status === 'fenced') throw overBefore(scope);
    if (answer.status === 'more') throw moreThanReserved(scope, actual, numbers(answer)[0]);
  }

  async release({ id, scope, token }: Reservation): Promise<void> {
    const answer = await this.#scopes.run(scope, scripts.release, [id, token]);
    if (answer.status === 'fenced') throw overBefore(scope);
  }

  async refund(scope: string, amount: number): Promise<void> {
    mustBeUnits(amount);
    const answer = await this.#scopes.run(scope, scripts.refund, [amount]);
    if (answer.status === 'more') throw moreThanUsed(scope, amount, numbers(answer)[0]);
  }

  /** In every scope, whoever uses it; one that was lost has nothing to give back. */
  async expire(): Promise<readonly Reservation[]> {
    const expired: Reservation[] = [];
    try {
      for (const scope of await this.#scopes.names()) await this.#expireIn(scope, expired);
    } catch (error) {
      // Nobody else is told of those that were given back. What is wrong shows in the next call, too.
      if (expired.length === 0) throw error;
    }
    return expired;
  }

  async reconcile(scope: string, used: number): Promise<void> {
    mustBeUnits(used);
    await this.#scopes.run(scope, scripts.reconcile, [used]);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #expireIn(scope: string, expired: Reservation[]): Promise<void> {
    for (let count = expiredAtOnce; count === expiredAtOnce; ) {
      const { rest } = await this.#scopes.ask(scope, scripts.expire, [expiredAtOnce]);
      count = rest.length / 4;
      for (let from = 0; from < rest.length; from += 4) {
        const [id = '', token, amount, expires] = rest.slice(from, from + 4);
        expired.push({ id, scope, amount: Number(amount), token: Number(token), expiresAtMs: Number(expires) });
      }
    }
  }
}

const numbers = ({ rest }: Answer): readonly [number, number] => [Number(rest[0]), Number(rest[1])];

function usageIn(scope: string, { rest }: Answer): ScopeUsage {
  return { scope, cap: Number(rest[0]), used: Number(rest[1]), reserved: Number(rest[2]) };
}
