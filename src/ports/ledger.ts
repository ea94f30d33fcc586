/** What may be spent in a scope and what has been, in the scope's unit (bytes, seconds), as integers. */
export interface ScopeUsage {
  readonly scope: string;
  readonly cap: number;
  readonly used: number;
  readonly reserved: number;
  /** How many reservations wait for room. */
  readonly waiting: number;
  /** Grows whenever the scope is begun anew; 0 for one that was never written to, or lost and not reconciled yet. */
  readonly generation: number;
}

/** A reservation; `token` grows with every one that a scope gives and fences off holders that slept. */
export interface Reservation {
  readonly id: string;
  readonly scope: string;
  readonly amount: number;
  readonly token: number;
  /** For people, since 1970: the ledger's own time ends the lease, and a wall clock can be set. */
  readonly expiresAtMs: number;
}

export interface ReserveRequest {
  readonly scope: string;
  readonly amount: number;
  /** Who holds it, for people and for `releaseAllOf`. */
  readonly holder: string;
  /** After this many milliseconds without `extend` it can be expired. */
  readonly ttlMs: number;
  /**
   * Waits at most so many milliseconds for room, in order of arrival: nobody overtakes, so a large one that waits in
   * front holds up small ones that would fit. Unless given, what does not fit now, or would overtake, is refused.
   */
  readonly maxWaitMs?: number;
  /** Goes ahead of those who are not, whoever came first; for work that others wait for in the end. */
  readonly urgent?: boolean;
  /** Told its place in the queue whenever that changes; 1 is next. */
  readonly onWait?: (place: number) => void;
  /**
   * Called whenever who is next is about to ask again: may make room, and resolves with the amount that is needed by now.
   * What it rejects with ends the waiting.
   */
  readonly whenNext?: () => Promise<number>;
  /** Ends the waiting, which then rejects with `aborted`. */
  readonly signal?: AbortSignal;
}

/**
 * The quota ledger. Invariant: used + reserved never exceeds the cap of a scope, unless the cap was lowered or more was
 * found on the disk. Shared by any number of processes. `reserve` and `extend` reject with `budget` when it does not
 * fit; every method rejects with `fenced` for a reservation that was expired, committed or released before. A scope
 * that was lost is closed: all but `setCap`, `scopes`, `reconcile`, `correct` and `remove` reject with `unavailable` until it is reconciled.
 */
export interface QuotaLedger {
  setCap(scope: string, cap: number): Promise<void>;
  usage(scope: string): Promise<ScopeUsage>;
  /** All scopes that anybody has written to, or those whose names begin so, sorted by name. */
  scopes(prefix?: string): Promise<readonly ScopeUsage[]>;
  reserve(request: ReserveRequest): Promise<Reservation>;
  /** Adds to the amount (0 only renews the lease) and returns the reservation as it is now. */
  extend(reservation: Reservation, more: number): Promise<Reservation>;
  /**
   * Makes two of it, each with a lease of its own: `taken` has the amount, `rest` what is left, and stands in the place
   * of what it was. Rejects with `internal` where there is not so much in it.
   */
  split(reservation: Reservation, amount: number): Promise<{ readonly taken: Reservation; readonly rest: Reservation }>;
  /** Turns it into `actual` used units (not more than reserved) and gives the rest back. */
  commit(reservation: Reservation, actual: number): Promise<void>;
  release(reservation: Reservation): Promise<void>;
  /** Releases all that a holder, who is known to be dead, has reserved in a scope; resolves with how much that was. */
  releaseAllOf(scope: string, holder: string): Promise<number>;
  /** Takes back used units, once what they stood for is really gone. */
  refund(scope: string, amount: number): Promise<void>;
  /**
   * Gives back reservations whose lease is over. `reserve` and `extend` do so too, in their scope, where something does
   * not fit. Returns all that were given back since it was last called, so that what they wrote can be removed.
   */
  expire(): Promise<readonly Reservation[]>;
  /** Sets what is used to what was found on the disk, or in the records of what was spent; opens a scope that was lost. */
  reconcile(scope: string, used: number): Promise<void>;
  /** Does so unless what is used, or the generation, is not what it `was` any more; says whether it did. */
  correct(was: ScopeUsage, used: number): Promise<boolean>;
  /** Drops a scope that is over, such as a past hour's. Rejects with `busy` while something is reserved in it. */
  remove(scope: string): Promise<void>;
  close(): Promise<void>;
}
