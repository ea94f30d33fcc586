import { CliptideError } from '../domain/errors.ts';
import type { QuotaLedger, Reservation, ReserveRequest } from '../ports/ledger.ts';

/**
 * Reserves in several scopes, all of it or nothing. No step of the ledger spans two scopes, so they are reserved one
 * after the other, sorted by name, which keeps two callers that want the same scopes from waiting for each other; when
 * one is refused, those before are released, last first. Who dies in between leaves reservations whose leases end.
 * Leases have to outlast the waiting; at the end all but the last are renewed. Resolves in the order of the requests. Rejects with
 * what the refusing scope said, or with `fenced` where a lease was over before the last was there.
 */
export async function reserveAll(
  ledger: QuotaLedger,
  requests: readonly ReserveRequest[],
): Promise<readonly Reservation[]> {
  const sorted = [...requests].sort((a, b) => (a.scope < b.scope ? -1 : Number(a.scope > b.scope)));
  const twice = sorted.find(({ scope }, index) => scope === sorted[index - 1]?.scope);
  if (twice !== undefined) {
    throw new CliptideError('internal', 'a scope is reserved twice at once', { where: twice.scope });
  }
  const held = new Map<ReserveRequest, Reservation>();
  try {
    for (const request of sorted) held.set(request, await ledger.reserve(request));
    const mayWait = sorted.some(({ maxWaitMs = 0 }) => maxWaitMs > 0);
    if (mayWait) for (const [request, one] of [...held].slice(0, -1)) held.set(request, await ledger.extend(one, 0));
    return requests.flatMap((request) => held.get(request) ?? []);
  } catch (error) {
    await releaseAll(ledger, [...held.values()]);
    throw error;
  }
}

/** Releases reservations, last first. One that cannot be released now is given back when its lease ends. */
export async function releaseAll(ledger: QuotaLedger, reservations: readonly Reservation[]): Promise<void> {
  for (const one of reservations.toReversed()) await ledger.release(one).catch(() => undefined);
}

/**
 * Counts reservations as used in full, all of them or none: when one is over, or cannot be asked, those before are
 * refunded and the others released. What cannot be given back now stays counted until the ledger is reconciled.
 */
export async function commitAll(ledger: QuotaLedger, reservations: readonly Reservation[]): Promise<void> {
  const committed: Reservation[] = [];
  try {
    for (const one of reservations) {
      await ledger.commit(one, one.amount);
      committed.push(one);
    }
  } catch (error) {
    await releaseAll(ledger, reservations.slice(committed.length));
    for (const { scope, amount } of committed) await ledger.refund(scope, amount).catch(() => undefined);
    throw error;
  }
}
