import { randomUUID } from 'node:crypto';
import { CliptideError } from '../../domain/errors.ts';
import type { RedisLink } from './connection.ts';
import { ledgerKeys } from './keys.ts';
import { type LuaScript, runScript } from './lua.ts';

/** What a ledger's script answered, behind generation and serial number. */
export interface Answer {
  readonly status: 'ok' | 'lost' | 'budget' | 'fenced' | 'more';
  readonly rest: readonly string[];
}

interface Seen {
  readonly generation: number;
  readonly serial: number;
}

/** Runs the ledger's scripts, one scope each, and remembers what it saw of each scope: so a loss is noticed. */
export class ScopeScripts {
  readonly #link: RedisLink;
  readonly #keys: ReturnType<typeof ledgerKeys>;
  readonly #now: (() => number) | undefined;
  readonly #seen = new Map<string, Seen>();
  /** Scopes that are in the set of all scopes, as long as they are not lost. */
  readonly #listed = new Set<string>();

  constructor(link: RedisLink, prefix: string, now: (() => number) | undefined) {
    this.#link = link;
    this.#keys = ledgerKeys(prefix);
    this.#now = now;
  }

  /** Carries it out once, however often the connection breaks. Rejects with `unavailable` for a scope that was lost. */
  async run(scope: string, script: LuaScript, values: readonly (string | number)[]): Promise<Answer> {
    const answer = await this.ask(scope, script, values);
    if (answer.status !== 'lost') return answer;
    throw new CliptideError('unavailable', 'the ledger was lost; it must be rebuilt', {
      where: `${this.#link.where}, ${scope}`,
      hint: 'reconcile the scope with what is really there; then it opens again',
    });
  }

  /** `run`, with a loss as an answer. */
  async ask(scope: string, script: LuaScript, values: readonly (string | number)[]): Promise<Answer> {
    const keys = this.#keys.of(scope, randomUUID());
    const reply = await this.#link.run(async (client) => {
      if (!this.#listed.has(scope)) await client.sadd(this.#keys.scopes, scope);
      this.#listed.add(scope);
      const { generation, serial } = this.#seen.get(scope) ?? { generation: '', serial: '' };
      return runScript(client, script, keys, [generation, serial, this.#now?.() ?? '', ...values]);
    });
    const [status, generation, serial, ...rest] = reply as [Answer['status'], string, string, ...string[]];
    if (status === 'lost') this.#listed.delete(scope);
    else this.#remember(scope, { generation: Number(generation), serial: Number(serial) });
    return { status, rest };
  }

  /** Every scope that anybody has used. */
  async names(): Promise<readonly string[]> {
    return this.#link.run((client) => client.smembers(this.#keys.scopes));
  }

  #remember(scope: string, now: Seen): void {
    const before = this.#seen.get(scope);
    // A scope that was never written to has no generation: nothing of it can be lost.
    if (now.generation === 0 || now.generation < (before?.generation ?? 0)) return;
    if (now.generation === before?.generation && now.serial < before.serial) return;
    this.#seen.set(scope, now);
  }
}
