import { randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { CliptideError } from '../../domain/errors.ts';
import {
  moreThanReserved,
  moreThanUsed,
  mustBeUnits,
  overBefore,
  overBudget,
  stillReserved,
} from '../../domain/quota.ts';
import { inTurn, type Turn } from '../../domain/turns.ts';
import type { KnownScopes } from '../../ports/knownscopes.ts';
import type { QuotaLedger, Reservation, ReserveRequest, ScopeUsage } from '../../ports/ledger.ts';
import { lostUsage, numbers, usageIn } from './answers.ts';
import { type RedisConnection, RedisLink } from './connection.ts';
import { scripts } from './ledgerscripts.ts';
import { expiredAtOnce } from './prelude.ts';
import { ScopeScripts } from './scopescripts.ts';

export interface RedisLedgerOptions {
  readonly connection: RedisConnection;
  /** Stands before every key. */
  readonly prefix: string;
  /** How long a call waits for a Redis that is away, in milliseconds; ten seconds unless given. */
  readonly patienceMs?: number;
  /** What the node remembers of the scopes, so that a loss is seen also by who was not there. */
  readonly known?: KnownScopes;
  /**
   * Gives the time by which leases end, in milliseconds since 1970. Unless given it is the server's, which all nodes have
   * in common, read inside each script; tests give one.
   */
  readonly now?: () => number;
}

export interface WaitingLedger extends QuotaLedger {
  /** For who stops, and has several things to settle: a Redis that is away is waited for once, and not for long. */
  stopWaiting(): void;
}

/**
 * The ledger in Redis, for any number of processes and nodes. Its methods reject with `unavailable` while Redis is away,
 * and for a scope whose counters were lost until `reconcile` says what is really used. Rejects with `unavailable` or
 * `forbidden` when Redis cannot be asked.
 */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<WaitingLedger> {
  const link = new RedisLink(options.connection, options.patienceMs);
  const scopes = new ScopeScripts(link, options.prefix, options);
  try {
    await link.run((client) => client.ping());
    await scopes.recall();
  } catch (error) {
    await link.close();
    throw error;
  }
  return new RedisLedger(link, scopes, options.now ?? (() => performance.now()));
}

class RedisLedger implements WaitingLedger {
  readonly #link: RedisLink;
  readonly #scopes: ScopeScripts;
  /** For how long one waits. */
  readonly #now: () => number;

  constructor(link: RedisLink, scopes: ScopeScripts, now: () => number) {
    this.#link = link;
    this.#scopes = scopes;
    this.#now = now;
  }

  async setCap(scope: string, cap: number): Promise<void> {
    mustBeUnits(cap);
    await this.#scopes.run(scope, scripts.setCap, [cap]);
  }

  async usage(scope: string): Promise<ScopeUsage> {
    return usageIn(scope, await this.#scopes.run(scope, scripts.usage, []));
  }

  async scopes(prefix = ''): Promise<readonly ScopeUsage[]> {
    const names = (await this.#scopes.names()).filter((scope) => scope.startsWith(prefix));
    const usages = names.map(async (scope) => {
      const answer = await this.#scopes.ask(scope, scripts.usage, []);
      if (answer.status === 'lost') return [lostUsage(scope)];
      return answer.generation > 0 ? [usageIn(scope, answer)] : [];
    });
    return (await Promise.all(usages)).flat();
  }

  async reserve(request: ReserveRequest): Promise<Reservation> {
    mustBeUnits(request.amount);
    const id = randomUUID();
    const queue = {
      take: (amount: number, mayWait: boolean) => this.#take(id, { ...request, amount }, mayWait),
      leave: async () => void (await this.#scopes.run(request.scope, scripts.leave, [id])),
      now: this.#now,
      sleep,
    };
    return inTurn<Reservation>(queue, request);
  }

  async #take(id: string, request: ReserveRequest, mayWait: boolean): Promise<Turn<Reservation>> {
    const { scope, amount, holder, ttlMs, urgent } = request;
    const values = [id, amount, Math.ceil(ttlMs), holder, mayWait ? 'wait' : '', urgent ? 'urgent' : ''];
    const answer = await this.#scopes.run(scope, scripts.reserve, values);
    const [first, second] = numbers(answer);
    if (answer.status === 'queued') return { place: first };
    if (answer.status === 'budget') {
      const usage = usageIn(scope, answer);
      return { refused: overBudget(amount, usage, usage.waiting) };
    }
    return { given: { id, scope, amount, token: first, expiresAtMs: second } };
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

  async split(reservation: Reservation, amount: number): ReturnType<QuotaLedger['split']> {
    mustBeUnits(amount);
    const { id, scope, token } = reservation;
    const takenId = randomUUID();
    const answer = await this.#scopes.run(scope, scripts.split, [id, token, amount, takenId]);
    if (answer.status === 'fenced') throw overBefore(scope);
    if (answer.status === 'more') throw moreThanReserved(scope, amount, numbers(answer)[0]);
    const [left, takenToken, expiresAtMs] = numbers(answer);
    return {
      taken: { id: takenId, scope, amount, token: takenToken, expiresAtMs },
      rest: { id, scope, amount: left, token, expiresAtMs },
    };
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

  async releaseAllOf(scope: string, holder: string): Promise<number> {
    return numbers(await this.#scopes.run(scope, scripts.releaseAllOf, [holder]))[0];
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

  async correct(was: ScopeUsage, used: number): Promise<boolean> {
    mustBeUnits(used);
    const values = [`${was.generation}`, `${was.used}`, used];
    return (await this.#scopes.ask(was.scope, scripts.correct, values)).status === 'ok';
  }

  async remove(scope: string): Promise<void> {
    const answer = await this.#scopes.run(scope, scripts.remove, []);
    if (answer.status === 'busy') throw stillReserved(scope, numbers(answer)[0]);
    await this.#scopes.forget(scope);
  }

  stopWaiting(): void {
    this.#link.stopWaiting();
  }

  async close(): Promise<void> {
    await this.#scopes.save();
    await this.#link.close();
  }

  async #expireIn(scope: string, expired: Reservation[]): Promise<void> {
    for (let count = expiredAtOnce; count === expiredAtOnce; ) {
      const { rest } = await this.#scopes.ask(scope, scripts.expire, [expiredAtOnce]);
      count = rest.length;
      for (const one of rest) {
        const [id = '', token, amount, expires] = one.split(' ');
        expired.push({ id, scope, amount: Number(amount), token: Number(token), expiresAtMs: Number(expires) });
      }
    }
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new CliptideError('aborted', 'stopped while waiting', { cause: error });
  }
}
