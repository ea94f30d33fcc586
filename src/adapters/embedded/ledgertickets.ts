import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ticketMs } from '../../domain/turns.ts';

/** Numbers of urgent tickets are below 0, and so before all others. */
const firstUrgent = '-4000000000000000000';

/** Who waits for room in a scope, in order of arrival. A ticket that nobody renews any more does not count. */
export class LedgerTickets {
  readonly #uptime: () => number;
  readonly #drop: StatementSync;
  readonly #count: StatementSync;
  readonly #ahead: StatementSync;
  readonly #renew: StatementSync;
  readonly #renewUrgent: StatementSync;
  readonly #leave: StatementSync;
  readonly #dropScope: StatementSync;

  constructor(db: DatabaseSync, uptime: () => number) {
    this.#uptime = uptime;
    const isAlive = 'scope = :scope AND lease_ms > :now AND lease_ms <= :now + :ticketMs';
    this.#drop = db.prepare(`DELETE FROM tickets WHERE scope = :scope AND NOT (${isAlive})`);
    this.#count = db.prepare(`SELECT count(*) AS tickets FROM tickets WHERE ${isAlive}`);
    this.#ahead = db.prepare(
      `SELECT count(*) AS tickets FROM tickets WHERE ${isAlive}
        AND number < coalesce((SELECT number FROM tickets WHERE id = :id), CASE :urgent WHEN 1 THEN 0 ELSE 9e18 END)`,
    );
    const renewed = 'ON CONFLICT(id) DO UPDATE SET lease_ms = excluded.lease_ms';
    this.#renew = db.prepare(`INSERT INTO tickets(id, scope, lease_ms) VALUES (?, ?, ?) ${renewed}`);
    this.#renewUrgent = db.prepare(
      `INSERT INTO tickets(number, id, scope, lease_ms)
        VALUES ((SELECT coalesce(max(number), ${firstUrgent}) + 1 FROM tickets WHERE number < 0), ?, ?, ?) ${renewed}`,
    );
    this.#leave = db.prepare('DELETE FROM tickets WHERE id = ?');
    this.#dropScope = db.prepare('DELETE FROM tickets WHERE scope = ?');
  }

  waiting(scope: string): number {
    return Number(this.#count.get(this.#alive(scope))?.tickets);
  }

  /** How many came before the ticket, or are there where it is none yet. */
  ahead(scope: string, id: string, urgent: boolean): number {
    return Number(this.#ahead.get({ ...this.#alive(scope), id, urgent: Number(urgent) })?.tickets);
  }

  renew(scope: string, id: string, urgent: boolean): void {
    this.#drop.run(this.#alive(scope));
    (urgent ? this.#renewUrgent : this.#renew).run(id, scope, this.#uptime() + ticketMs);
  }

  leave(id: string): void {
    this.#leave.run(id);
  }

  dropScope(scope: string): void {
    this.#dropScope.run(scope);
  }

  #alive(scope: string): Record<string, string | number> {
    return { scope, now: this.#uptime(), ticketMs };
  }
}
