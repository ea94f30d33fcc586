import { CliptideError } from '../domain/errors.ts';
import type { QuotaLedger, Reservation } from '../ports/ledger.ts';

/** A reservation that is renewed while the work goes on, until it is committed or given back. */
export interface HeldReservation {
  commit(actual: number): Promise<void>;
  /** Harmless where it is over already. */
  release(): Promise<void>;
}

/** Renews a reservation's lease of `ttlMs` three times in its life. */
export function held(ledger: QuotaLedger, reserved: Reservation, ttlMs: number): HeldReservation {
  let reservation = reserved;
  let renewing: Promise<void> = Promise.resolve();
  let isOver = false;
  const timer = setInterval(() => {
    renewing = renewing.then(async () => {
      // A lease that is over shows when it is committed; a ledger that is away may be back at the next turn.
      reservation = await ledger.extend(reservation, 0).catch(() => reservation);
    });
  }, ttlMs / 3).unref();
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await renewing;
  };
  return {
    commit: async (actual) => {
      await stop();
      await ledger.commit(reservation, actual);
      isOver = true;
    },
    release: async () => {
      await stop();
      if (isOver) return;
      isOver = true;
      await ledger.release(reservation).catch((error: unknown) => {
        if (!(error instanceof CliptideError && error.code === 'fenced')) throw error;
      });
    },
  };
}
