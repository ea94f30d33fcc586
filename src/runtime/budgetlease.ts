import { CliptideError } from '../domain/errors.ts';
import type { QuotaLedger, Reservation, ReserveRequest } from '../ports/ledger.ts';

/** A reservation that is renewed while the work goes on, until it is committed or given back. */
export interface HeldReservation {
  commit(actual: number): Promise<void>;
  /** Harmless where it is over already. */
  release(): Promise<void>;
}

/** Reserves and renews the lease three times in its life. Rejects like `reserve`. */
export async function hold(ledger: QuotaLedger, request: ReserveRequest): Promise<HeldReservation> {
  let reservation: Reservation = await ledger.reserve(request);
  let renewing: Promise<void> = Promise.resolve();
  let isOver = false;
  const timer = setInterval(() => {
    renewing = renewing.then(async () => {
      // A lease that is over shows when it is committed; a ledger that is away may be back at the next turn.
      reservation = await ledger.extend(reservation, 0).catch(() => reservation);
    });
  }, request.ttlMs / 3).unref();
  const over = async (): Promise<void> => {
    clearInterval(timer);
    await renewing;
  };
  return {
    commit: async (actual) => {
      await over();
      await ledger.commit(reservation, actual);
      isOver = true;
    },
    release: async () => {
      await over();
      if (isOver) return;
      isOver = true;
      await ledger.release(reservation).catch((error: unknown) => {
        if (!(error instanceof CliptideError && error.code === 'fenced')) throw error;
      });
    },
  };
}

/**
 * Several scopes, in the order of their names whoever asks, so that no two wait for each other; when one refuses, what
 * the others gave is given back.
 */
export async function holdAll(
  ledger: QuotaLedger,
  requests: readonly ReserveRequest[],
): Promise<readonly HeldReservation[]> {
  const held: HeldReservation[] = [];
  try {
    for (const request of requests.toSorted((a, b) => (a.scope < b.scope ? -1 : 1))) {
      held.push(await hold(ledger, request));
    }
    return held;
  } catch (error) {
    for (const one of held.toReversed()) await one.release();
    throw error;
  }
}
