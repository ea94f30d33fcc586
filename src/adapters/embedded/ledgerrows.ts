import type { Reservation, ScopeUsage } from '../../ports/ledger.ts';

/** A row of the ledger's tables, as SQLite gives it. */
export type Row = Record<string, unknown>;

export function toUsage(scope: string, row: Row | undefined, waiting: number): ScopeUsage {
  return {
    scope,
    cap: Number(row?.cap ?? 0),
    used: Number(row?.used ?? 0),
    reserved: Number(row?.reserved ?? 0),
    waiting,
    generation: row?.is_lost === 1 ? 0 : Number(row?.generation ?? 0),
  };
}

export function toReservation(row: Row): Reservation {
  return {
    id: String(row.id),
    scope: String(row.scope),
    amount: Number(row.amount),
    token: Number(row.token),
    expiresAtMs: Number(row.expires_ms),
  };
}
