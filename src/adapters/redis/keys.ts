/**
 * Keys of the ledger. Those of a scope share a hash tag, `{scope}`, so that they are on one server however many there
 * are; no script spans two scopes.
 *
 * - `PREFIXledger:{SCOPE}` is a hash: cap, used, reserved and what `ledgerscripts.ts` says of a generation.
 * - `...:held` is a hash of reservations by id: token, amount, milliseconds of lease, holder.
 * - `...:leases` is a sorted set of their ids by the end of the lease, in milliseconds since 1970.
 * - `...:queue` and `...:tickets` are sorted sets of who waits: by arrival, and by the time at which they count as dead.
 * - `...:given-back` is a list of reservations whose leases were over, until somebody asks for them.
 * - `...:removed` stands for a day for a scope that was removed, so that it is not taken for a lost one.
 * - `...:done:OPERATION` is what an operation answered, for a minute.
 * - `PREFIXledger:scopes` is the set of all scopes.
 *
 * Who has a node's name is beside it: `PREFIXnode:{NAME}:processes` is a sorted set of ids by the end of their leases, and
 * `...:places` a hash of where each of them runs.
 */
export interface LedgerKeys {
  readonly scopes: string;
  /** Those of a scope, in the order in which scripts take them. */
  of(scope: string, operation: string): readonly string[];
}

export function ledgerKeys(prefix: string): LedgerKeys {
  return {
    scopes: `${prefix}ledger:scopes`,
    of: (scope, operation) => {
      const counters = `${prefix}ledger:{${scope}}`;
      const parts = ['held', 'leases', `done:${operation}`, 'queue', 'tickets', 'given-back', 'removed'];
      return [counters, ...parts.map((part) => `${counters}:${part}`)];
    },
  };
}

export const nodeKeys = (prefix: string, node: string): readonly string[] =>
  ['processes', 'places'].map((part) => `${prefix}node:{${node}}:${part}`);
