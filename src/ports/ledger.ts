/** What may be spent in a scope and what has been, in the scope's unit (bytes, seconds), as integers. */
export interface ScopeUsage {
  readonly scope: string;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
}

/** A reservation; `token` grows with every one that a scope gives and fences off holders that slept. */
export interface Reservation {
  readonly id: string;
  readonly scope: string;
  readonly amount: number;
  readonly token: number;
  readonly expiresAtMs: number;
}

export interface ReserveRequest {
  readonly scope: string;
  readonly amount: number;
  /** Who holds it, for people. */
  readonly holder: string;
  /** After this many milliseconds without `extend` it can be expired. */
  readonly ttlMs: number;
}

/**
 * The quota ledger. Invariant: used + reserved never exceeds the cap of a scope. Shared by processes of a node.
 * `reserve` and `extend` reject with `budget` when it does not fit; every method rejects with `fenced` for a
 * reservation that was expired, committed or released before.
 */
export interface QuotaLedger {
  setCap(scope: string, cap: number): Promise<void>;
  usage(scope: string): Promise<ScopeUsage>;
  reserve(request: ReserveRequest): Promise<Reservation>;
  /** Adds to the amount (0 only renews the lease) and returns the reservation as it is now. */
  extend(reservation: Reservation, more: number): Promise<Reservation>;
  /** Turns it into `actual` used units (not more than reserved) and gives the rest back. */
  commit(reservation: Reservation, actual: number): Promise<void>;
  release(reservation: Reservation): Promise<void>;
  /** Takes back used units, once what they stood for is really gone. */
  refund(scope: string, amount: number): Promise<void>;
  /** Gives back reservations whose lease is over; returns them so that what they wrote can be removed. */
  expire(): Promise<readonly Reservation[]>;
  /** Sets what is used to what was found on the disk. */
  reconcile(scope: string, used: number): Promise<void>;
  close(): Promise<void>;
}
