import { stat } from 'node:fs/promises';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { type DiskFloor, mustLeaveFree } from './freespace.ts';

export interface ClipBudget extends DiskFloor {
  readonly ledger: QuotaLedger;
  /** Scope of the stored clips' bytes. */
  readonly scope: string;
}

const ttlMs = 60_000;

/**
 * A clip store that reserves its bytes in the quota ledger, and looks at the free space, before a file goes in.
 * `put` rejects with `budget` or `space`, and then nothing was written; a file that is there already costs nothing.
 */
export function budgetedClips(store: ClipStore, budget: ClipBudget): ClipStore {
  const { ledger, scope } = budget;
  return {
    stat: (key) => store.stat(key),
    open: (key) => store.open(key),
    list: (folder) => store.list(folder),
    delete: async (key) => {
      const there = await store.stat(key);
      await store.delete(key);
      if (there !== undefined) await ledger.refund(scope, there.bytes);
    },
    put: async (key, path) => {
      const there = await store.stat(key);
      if (there !== undefined) return there;
      const { size } = await stat(path);
      await mustLeaveFree(budget, size);
      const reservation = await ledger.reserve({ scope, amount: size, holder: key, ttlMs });
      try {
        const stored = await store.put(key, path);
        await ledger.commit(reservation, stored.bytes);
        return stored;
      } catch (error) {
        await ledger.release(reservation).catch(() => undefined);
        throw error;
      }
    },
  };
}
