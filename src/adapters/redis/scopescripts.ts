import { randomUUID } from 'node:crypto';
import { lostScope } from '../../domain/quota.ts';
import type { KnownScopes } from '../../ports/knownscopes.ts';
import type { RedisLink } from './connection.ts';
import { ledgerKeys } from './keys.ts';
import { type LuaScript, runScript } from './lua.ts';

/** What a ledger's script answered, behind generation and serial number. */
export interface Answer {
  /** 0 where there is none, or it was lost. */
  readonly generation: number;
  readonly status: 'ok' | 'lost' | 'budget' | 'queued' | 'fenced' | 'more' | 'busy' | 'changed';
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

  readonly #known: KnownScopes | undefined;

  constructor(
    link: RedisLink,
    prefix: string,
    { now, known }: { readonly now?: () => number; readonly known?: KnownScopes },
  ) {
    this.#link = link;
    this.#keys = ledgerKeys(prefix);
    this.#now = now;
    this.#known = known;
  }

  /** Takes up what the data folder remembers. */
  async recall(): Promise<void> {
    for (const { scope, ...seen } of (await this.#known?.all()) ?? []) this.#seen.set(scope, seen);
  }

  /** Has the data folder remember how far each scope was, so that also a ledger that goes back in time is seen. */
  async save(): Promise<void> {
    await this.#known?.remember([...this.#seen].map(([scope, seen]) => ({ scope, ...seen })));
  }

  /** Carries it out once, however often the connection breaks. Rejects with `unavailable` for a scope that was lost. */
  async run(scope: string, script: LuaScript, values: readonly (string | number)[]): Promise<Answer> {
    const answer = await this.ask(scope, script, values);
    if (answer.status !== 'lost') return answer;
    throw lostScope(`${this.#link.where}, ${scope}`);
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
    if (generation === 'removed') {
      if (this.#seen.delete(scope)) await this.#known?.forget(scope);
      return { status, generation: 0, rest };
    }
    if (status === 'lost') this.#listed.delete(scope);
    else await this.#remember(scope, { generation: Number(generation), serial: Number(serial) });
    return { status, generation: status === 'lost' ? 0 : Number(generation), rest };
  }

  /** Every scope that anybody has used, and those that this node remembers. */
  async names(): Promise<readonly string[]> {
    const listed = await this.#link.run((client) => client.smembers(this.#keys.scopes));
    return [...new Set([...listed, ...this.#seen.keys()])].sort();
  }

  /** Of a scope that was removed. */
  async forget(scope: string): Promise<void> {
    await this.#link.run((client) => client.srem(this.#keys.scopes, scope));
    this.#listed.delete(scope);
  }

  async #remember(scope: string, now: Seen): Promise<void> {
    const before = this.#seen.get(scope);
    // A scope that was never written to has no generation: nothing of it can be lost.
    if (now.generation === 0 || now.generation < (before?.generation ?? 0)) return;
    if (now.generation === before?.generation && now.serial < before.serial) return;
    this.#seen.set(scope, now);
    // Durable before the caller spends anything.
    if (now.generation !== before?.generation) await this.#known?.remember([{ scope, ...now }]);
  }
}
