import { randomUUID } from 'node:crypto';
import { mustBeUnits, stillReserved } from '../../domain/quota.ts';
import { inTurn } from '../../domain/turns.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KnownScopes } from '../../ports/knownscopes.ts';
import type { QuotaLedger, Reservation, ReserveRequest, ScopeUsage } from '../../ports/ledger.ts';
import { retryWhileBusy } from './busyretry.ts';
import { machineUptime } from './clock.ts';
import { LedgerBooks } from './ledgerbooks.ts';
import { connectLedger, prepareLedger } from './ledgertables.ts';
import { inTransaction, sqliteError } from './sqlite.ts';

export interface LedgerOptions {
  /** A file that any number of processes of this machine may open. */
  readonly path: string;
  /** Gives the times that people read, and the waiting. */
  readonly clock: Clock;
  /** What the data folder remembers of the scopes; a file that lacks one of them was lost. */
  readonly known?: KnownScopes;
  /**
   * Milliseconds since the machine started, by which leases end: all processes have it in common, and it does not jump
   * when somebody sets the clock. The machine's unless given.
   */
  readonly uptime?: () => number;
}

/** Rejects with `config` or `corrupt` for a file that cannot be used, with `unavailable` when it stays locked. */
export async function openLedger(options: LedgerOptions): Promise<QuotaLedger> {
  const { path, clock, known } = options;
  try {
    const db = connectLedger(path);
    const tables = await retryWhileBusy(clock, path, () => prepareLedger(db));
    const now = options.uptime ?? machineUptime;
    const books = new LedgerBooks(tables, path, clock, now);
    const ledger = new EmbeddedLedger(db, books, { ...options, uptime: now });
    for (const { scope, generation } of (await known?.all()) ?? []) await ledger.mustKnow(scope, generation);
    return ledger;
  } catch (error) {
    throw sqliteError(error, path);
  }
}

class EmbeddedLedger implements QuotaLedger {
  readonly #db: ReturnType<typeof connectLedger>;
  readonly #books: LedgerBooks;
  readonly #options: LedgerOptions & { readonly uptime: () => number };
  /** Generations that the data folder is known to remember. */
  readonly #remembered = new Map<string, number>();

  constructor(
    db: ReturnType<typeof connectLedger>,
    books: LedgerBooks,
    options: LedgerOptions & { readonly uptime: () => number },
  ) {
    this.#db = db;
    this.#books = books;
    this.#options = options;
  }

  async setCap(scope: string, cap: number): Promise<void> {
    mustBeUnits(cap);
    await this.#write(() => this.#books.setCap(scope, cap));
    await this.#remember(scope);
  }

  async usage(scope: string): Promise<ScopeUsage> {
    return this.#read(() => this.#books.usage(scope));
  }

  async scopes(prefix = ''): Promise<readonly ScopeUsage[]> {
    return this.#read(() => this.#books.scopes(prefix));
  }

  async reserve(request: ReserveRequest): Promise<Reservation> {
    mustBeUnits(request.amount);
    const ticket = randomUUID();
    const { clock, uptime: now } = this.#options;
    const queue = {
      take: (amount: number, mayWait: boolean) =>
        this.#write(() => this.#books.take({ ...request, amount }, ticket, mayWait)),
      leave: () => this.#write(() => this.#books.leave(ticket)),
      now,
      sleep: clock.sleep.bind(clock),
    };
    return inTurn<Reservation>(queue, request);
  }

  async extend(reservation: Reservation, more: number): Promise<Reservation> {
    mustBeUnits(more);
    const answer = await this.#write(() => this.#books.extend(reservation, more));
    if ('refused' in answer) throw answer.refused;
    return answer.given;
  }

  async split(reservation: Reservation, amount: number): ReturnType<QuotaLedger['split']> {
    mustBeUnits(amount);
    return this.#write(() => this.#books.split(reservation, amount));
  }

  async commit(reservation: Reservation, actual: number): Promise<void> {
    mustBeUnits(actual);
    await this.#write(() => this.#books.commit(reservation, actual));
  }

  async release(reservation: Reservation): Promise<void> {
    await this.#write(() => this.#books.commit(reservation, 0));
  }

  async releaseAllOf(scope: string, holder: string): Promise<number> {
    return this.#write(() => this.#books.releaseAllOf(scope, holder));
  }

  async refund(scope: string, amount: number): Promise<void> {
    mustBeUnits(amount);
    await this.#write(() => this.#books.refund(scope, amount));
  }

  async expire(): Promise<readonly Reservation[]> {
    return this.#write(() => this.#books.expire());
  }

  async reconcile(scope: string, used: number): Promise<void> {
    mustBeUnits(used);
    await this.#write(() => this.#books.reconcile(scope, used));
    await this.#remember(scope);
  }

  async correct(was: ScopeUsage, used: number): Promise<boolean> {
    mustBeUnits(used);
    const isDone = await this.#write(() => this.#books.correct(was, used));
    if (isDone) await this.#remember(was.scope);
    return isDone;
  }

  async remove(scope: string): Promise<void> {
    const reserved = await this.#write(() => this.#books.remove(scope));
    if (reserved > 0) throw stillReserved(scope, reserved);
    await this.#options.known?.forget(scope);
    this.#remembered.delete(scope);
  }

  async mustKnow(scope: string, generation: number): Promise<void> {
    await this.#write(() => this.#books.mustKnow(scope, generation));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  /** Before anything is spent in it: only a scope with a cap takes something. */
  async #remember(scope: string): Promise<void> {
    const { known } = this.#options;
    if (known === undefined) return;
    const [usage] = await this.#read(() => this.#books.scopes(scope));
    if (usage?.scope !== scope || this.#remembered.get(scope) === usage.generation) return;
    await known.remember([{ scope, generation: usage.generation, serial: 0 }]);
    this.#remembered.set(scope, usage.generation);
  }

  #read<T>(work: () => T): Promise<T> {
    return retryWhileBusy(this.#options.clock, this.#options.path, work);
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#read(() => inTransaction(this.#db, this.#options.path, work));
  }
}
