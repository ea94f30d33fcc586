/** What was last seen of a scope of the quota ledger. */
export interface KnownScope {
  readonly scope: string;
  readonly generation: number;
  /** Grows with every change, where the ledger counts them. */
  readonly serial: number;
}

/**
 * What a node remembers of the quota ledger's scopes, outside of the ledger: so that a ledger which lost them while no
 * process was there to see it is noticed, and gives no budget back. Shared by the processes of a data folder.
 */
export interface KnownScopes {
  all(): Promise<readonly KnownScope[]>;
  /** All of them at once, durable when it resolves. An older generation than what is known changes nothing. */
  remember(known: readonly KnownScope[]): Promise<void>;
  forget(scope: string): Promise<void>;
  close(): Promise<void>;
}
