import { randomUUID } from 'node:crypto';
import { moreThanReserved, moreThanUsed, mustBeUnits, overBefore, overBudget } from '../../domain/quota.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger, Reservation, ReserveRequest, ScopeUsage } from '../../ports/ledger.ts';
import { retryWhileBusy } from './busyretry.ts';
import { connectLedger, type LedgerTables, prepareLedger } from './ledgertables.ts';
import { inTransaction, sqliteError } from './sqlite.ts';

export interface LedgerOptions {
  /** A file that any number of processes of this machine may open. */
  readonly path: string;
  /** Ends leases, and gives the waiting while another process writes. */
  readonly clock: Clock;
}

/** Rejects with `config` or `corrupt` for a file that cannot be used, with `unavailable` when it stays locked. */
export async function openLedger({ path, clock }: LedgerOptions): Promise<QuotaLedger> {
  try {
    const db = connectLedger(path);
    const tables = await retryWhileBusy(clock, path, () => prepareLedger(db));
    return new EmbeddedLedger(tables, path, clock);
  } catch (error) {
    throw sqliteError(error, path);
  }
}

type Row = Record<string, unknown>;

class EmbeddedLedger implements QuotaLedger {
  readonly #tables: LedgerTables;
  readonly #path: string;
  readonly #clock: Clock;

  constructor(tables: LedgerTables, path: string, clock: Clock) {
    this.#tables = tables;
    this.#path = path;
    this.#clock = clock;
  }

  async setCap(scope: string, cap: number): Promise<void> {
    mustBeUnits(cap);
    await this.#write(() => this.#tables.setCap.run(scope, cap));
  }

  async usage(scope: string): Promise<ScopeUsage> {
    return retryWhileBusy(this.#clock, this.#path, () => this.#usage(scope));
  }

  async reserve({ scope, amount, holder, ttlMs }: ReserveRequest): Promise<Reservation> {
    mustBeUnits(amount);
    return this.#write(() => {
      this.#mustFit(scope, amount);
      const token = Number(this.#tables.nextToken.get(scope)?.token);
      const reservation = { id: randomUUID(), scope, amount, token, expiresAtMs: this.#clock.now() + ttlMs };
      this.#tables.insert.run(reservation.id, scope, amount, token, holder, ttlMs, reservation.expiresAtMs);
      this.#tables.charge.run(0, amount, scope);
      return reservation;
    });
  }

  async extend(reservation: Reservation, more: number): Promise<Reservation> {
    mustBeUnits(more);
    return this.#write(() => {
      const row = this.#held(reservation);
      if (more > 0) this.#mustFit(reservation.scope, more);
      const amount = Number(row.amount) + more;
      const expiresAtMs = this.#clock.now() + Number(row.ttl_ms);
      this.#tables.renew.run(amount, expiresAtMs, reservation.id);
      this.#tables.charge.run(0, more, reservation.scope);
      return { ...toReservation(row), amount, expiresAtMs };
    });
  }

  async commit(reservation: Reservation, actual: number): Promise<void> {
    mustBeUnits(actual);
    await this.#write(() => {
      const amount = Number(this.#held(reservation).amount);
      if (actual > amount) throw moreThanReserved(reservation.scope, actual, amount);
      this.#tables.remove.run(reservation.id);
      this.#tables.charge.run(actual, -amount, reservation.scope);
    });
  }

  async release(reservation: Reservation): Promise<void> {
    await this.#write(() => {
      const { amount } = this.#held(reservation);
      this.#tables.remove.run(reservation.id);
      this.#tables.charge.run(0, -Number(amount), reservation.scope);
    });
  }

  async refund(scope: string, amount: number): Promise<void> {
    mustBeUnits(amount);
    await this.#write(() => {
      const { used } = this.#usage(scope);
      if (amount > used) throw moreThanUsed(scope, amount, used);
      this.#tables.charge.run(-amount, 0, scope);
    });
  }

  async expire(): Promise<readonly Reservation[]> {
    return this.#write(() => {
      const expired = this.#tables.expired.all(this.#clock.now()).map(toReservation);
      for (const { amount, scope } of expired) this.#tables.charge.run(0, -amount, scope);
      return expired;
    });
  }

  async reconcile(scope: string, used: number): Promise<void> {
    mustBeUnits(used);
    await this.#write(() => this.#tables.setUsed.run(scope, used));
  }

  async scopes(prefix = ''): Promise<readonly ScopeUsage[]> {
    const names = this.#tables.db.prepare('SELECT scope FROM scopes ORDER BY scope').all();
    return names.flatMap(({ scope }) => (String(scope).startsWith(prefix) ? [this.#usage(String(scope))] : []));
  }

  async remove(scope: string): Promise<void> {
    await this.#write(() => this.#tables.db.prepare('DELETE FROM scopes WHERE scope = ?').run(scope));
  }

  async close(): Promise<void> {
    this.#tables.db.close();
  }

  #write<T>(work: () => T): Promise<T> {
    return retryWhileBusy(this.#clock, this.#path, () => inTransaction(this.#tables.db, this.#path, work));
  }

  /** A scope without a cap has a cap of 0. */
  #usage(scope: string): ScopeUsage {
    const row = this.#tables.scope.get(scope);
    const numbers = { cap: Number(row?.cap ?? 0), used: Number(row?.used ?? 0), reserved: Number(row?.reserved ?? 0) };
    return { scope, ...numbers, waiting: 0, generation: row === undefined ? 0 : 1 };
  }

  #mustFit(scope: string, amount: number): void {
    const usage = this.#usage(scope);
    const { cap, used, reserved } = usage;
    if (used + reserved + amount <= cap && cap > 0) return;
    throw overBudget(amount, usage);
  }

  #held({ id, token, scope }: Reservation): Row {
    const row = this.#tables.find.get(id, token);
    if (row !== undefined) return row;
    throw overBefore(scope);
  }
}

function toReservation(row: Row): Reservation {
  return {
    id: String(row.id),
    scope: String(row.scope),
    amount: Number(row.amount),
    token: Number(row.token),
    expiresAtMs: Number(row.expires_ms),
  };
}
