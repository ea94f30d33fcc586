import { randomUUID } from 'node:crypto';
import {
  canEverFit,
  fits,
  lostScope,
  moreThanReserved,
  moreThanUsed,
  overBefore,
  overBudget,
} from '../../domain/quota.ts';
import type { Given, Turn } from '../../domain/turns.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Reservation, ReserveRequest, ScopeUsage } from '../../ports/ledger.ts';
import { type Row, toReservation, toUsage } from './ledgerrows.ts';
import type { LedgerTables } from './ledgertables.ts';
import { LedgerTickets } from './ledgertickets.ts';

/** The embedded ledger's steps, each for one write transaction; those that throw change nothing. */
export class LedgerBooks {
  readonly #tables: LedgerTables;
  readonly #tickets: LedgerTickets;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #uptime: () => number;

  constructor(tables: LedgerTables, path: string, clock: Clock, uptime: () => number) {
    this.#tables = tables;
    this.#tickets = new LedgerTickets(tables.db, uptime);
    this.#path = path;
    this.#clock = clock;
    this.#uptime = uptime;
  }

  setCap(scope: string, cap: number): void {
    this.#make(scope);
    this.#tables.setCap.run(cap, scope);
  }

  /** A scope without a cap has a cap of 0. */
  usage(scope: string): ScopeUsage {
    const row = this.#tables.scope.get(scope);
    if (row?.is_lost === 1) throw lostScope(`${this.#path}, ${scope}`);
    return toUsage(scope, row, this.#tickets.waiting(scope));
  }

  scopes(prefix: string): readonly ScopeUsage[] {
    return this.#tables.scopes.all(prefix.length, prefix).map((row) => {
      const scope = String(row.scope);
      return toUsage(scope, row, this.#tickets.waiting(scope));
    });
  }

  take(request: ReserveRequest, ticket: string, mayWait: boolean): Turn<Reservation> {
    const { scope, amount } = request;
    const urgent = request.urgent ?? false;
    const ahead = this.#tickets.ahead(scope, ticket, urgent);
    const usage = ahead > 0 ? this.usage(scope) : this.#withRoom(scope, amount, '');
    if (ahead === 0 && fits(amount, usage)) {
      this.#tickets.leave(ticket);
      return { given: this.#give(request) };
    }
    if (mayWait && canEverFit(amount, usage.cap)) {
      this.#tickets.renew(scope, ticket, urgent);
      return { place: ahead + 1 };
    }
    this.#tickets.leave(ticket);
    return { refused: overBudget(amount, usage, ahead) };
  }

  leave(ticket: string): void {
    this.#tickets.leave(ticket);
  }

  extend(reservation: Reservation, more: number): Given<Reservation> {
    const { id, scope } = reservation;
    const row = this.#held(reservation);
    if (more > 0) {
      const usage = this.#withRoom(scope, more, id);
      if (!fits(more, usage)) return { refused: overBudget(more, usage) };
    }
    const amount = Number(row.amount) + more;
    const ttlMs = Number(row.ttl_ms);
    const expiresAtMs = this.#clock.now() + ttlMs;
    this.#tables.renew.run(amount, expiresAtMs, this.#uptime() + ttlMs, id);
    this.#tables.charge.run(0, more, scope);
    return { given: { ...toReservation(row), amount, expiresAtMs } };
  }

  split(reservation: Reservation, amount: number): { readonly taken: Reservation; readonly rest: Reservation } {
    const { id, scope } = reservation;
    const row = this.#held(reservation);
    const left = Number(row.amount) - amount;
    if (left < 0) throw moreThanReserved(scope, amount, Number(row.amount));
    const ttlMs = Number(row.ttl_ms);
    const expiresAtMs = this.#clock.now() + ttlMs;
    this.#tables.renew.run(left, expiresAtMs, this.#uptime() + ttlMs, id);
    const taken = this.#insert({ scope, amount, holder: String(row.holder), ttlMs });
    return { taken, rest: { ...toReservation(row), amount: left, expiresAtMs } };
  }

  commit(reservation: Reservation, actual: number): void {
    const amount = Number(this.#held(reservation).amount);
    if (actual > amount) throw moreThanReserved(reservation.scope, actual, amount);
    this.#tables.remove.run(reservation.id);
    this.#tables.charge.run(actual, -amount, reservation.scope);
  }

  releaseAllOf(scope: string, holder: string): number {
    this.usage(scope);
    const amounts = this.#tables.takeAllOf.all(scope, holder).map(({ amount }) => Number(amount));
    const sum = amounts.reduce((all, amount) => all + amount, 0);
    this.#tables.charge.run(0, -sum, scope);
    return sum;
  }

  refund(scope: string, amount: number): void {
    const { used } = this.usage(scope);
    if (amount > used) throw moreThanUsed(scope, amount, used);
    this.#tables.charge.run(-amount, 0, scope);
  }

  expire(): readonly Reservation[] {
    this.#giveBack(this.#tables.takeAllOverdue.all({ now: this.#uptime() }));
    return this.#tables.takeGivenBack.all().map(toReservation);
  }

  reconcile(scope: string, used: number): void {
    this.#make(scope);
    const row = this.#tables.scope.get(scope);
    if (row?.is_lost === 1) this.#beginAnew(scope, Number(row.generation));
    this.#tables.setUsed.run(used, scope);
  }

  correct(was: ScopeUsage, used: number): boolean {
    const { generation, used: before } = toUsage(was.scope, this.#tables.scope.get(was.scope), 0);
    if (generation !== was.generation || (generation > 0 && before !== was.used)) return false;
    this.reconcile(was.scope, used);
    return true;
  }

  /** What is still reserved there: it is gone where that is 0, or it was lost. */
  remove(scope: string): number {
    this.#expireIn(scope, '');
    const row = this.#tables.scope.get(scope);
    const reserved = Number(row?.reserved ?? 0);
    if (reserved > 0 && row?.is_lost !== 1) return reserved;
    this.#tickets.dropScope(scope);
    this.#tables.dropReservations.run(scope);
    this.#tables.dropGivenBack.run(scope);
    this.#tables.keepToken.run(scope);
    this.#tables.dropScope.run(scope);
    return 0;
  }

  /** Closes a scope whose generation is known to have been this one, unless it is there. */
  mustKnow(scope: string, generation: number): void {
    const row = this.#tables.scope.get(scope);
    if (row !== undefined && Number(row.generation) >= generation) return;
    this.#make(scope);
    this.#tables.closeScope.run(generation, scope);
  }

  /** Generations and tokens begin at microseconds since 1970, so that they grow over the loss of the file. */
  #make(scope: string): void {
    this.#tables.makeScope.run(scope, this.#clock.now() * 1_000);
  }

  /** What was reserved before is over. */
  #beginAnew(scope: string, before: number): void {
    this.#tickets.dropScope(scope);
    this.#tables.dropReservations.run(scope);
    this.#tables.beginAnew.run(Math.max(this.#clock.now() * 1_000, before + 1), scope);
  }

  #give(request: ReserveRequest): Reservation {
    this.#tables.charge.run(0, request.amount, request.scope);
    return this.#insert(request);
  }

  #insert({ scope, amount, holder, ttlMs }: ReserveRequest): Reservation {
    const token = Number(this.#tables.nextToken.get(scope)?.token);
    const reservation = { id: randomUUID(), scope, amount, token, expiresAtMs: this.#clock.now() + ttlMs };
    const { id, expiresAtMs } = reservation;
    this.#tables.insert.run(id, scope, amount, token, holder, ttlMs, expiresAtMs, this.#uptime() + ttlMs);
    return reservation;
  }

  /** The scope; where it lacks room, without what its dead holders had, but for one id. */
  #withRoom(scope: string, amount: number, but: string): ScopeUsage {
    const usage = this.usage(scope);
    return fits(amount, usage) || !this.#expireIn(scope, but) ? usage : this.usage(scope);
  }

  #expireIn(scope: string, but: string): boolean {
    const overdue = this.#tables.takeOverdue.all({ scope, but, now: this.#uptime() });
    this.#giveBack(overdue);
    return overdue.length > 0;
  }

  #giveBack(overdue: readonly Row[]): void {
    for (const { id, scope, amount, token, expiresAtMs } of overdue.map(toReservation)) {
      this.#tables.charge.run(0, -amount, scope);
      this.#tables.keepGivenBack.run(id, scope, amount, token, expiresAtMs);
    }
  }

  #held({ id, token, scope }: Reservation): Row {
    // A scope that was lost says so, whatever it holds.
    this.usage(scope);
    const row = this.#tables.find.get(id, token);
    if (row !== undefined) return row;
    throw overBefore(scope);
  }
}
