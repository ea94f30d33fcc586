import { stat, statfs } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { ClipStore } from '../../ports/clipstore.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';

export interface ClipBudget {
  readonly ledger: QuotaLedger;
  /** Scope of the stored clips' bytes. */
  readonly scope: string;
  /** A folder of the file system that the clips lie on, and how many bytes of it stay free. */
  readonly folder: string;
  readonly floorBytes: number;
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
    delete: async (key) => {
      const there = await store.stat(key);
      await store.delete(key);
      if (there !== undefined) await ledger.refund(scope, there.bytes);
    },
    put: async (key, path) => {
      const there = await store.stat(key);
      if (there !== undefined) return there;
      const { size } = await stat(path);
      await mustFit(budget, size);
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

async function mustFit({ folder, floorBytes }: ClipBudget, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free - bytes >= floorBytes) return;
  throw new CliptideError('space', `a clip of ${bytes} bytes would leave less free than the floor`, {
    where: folder,
    hint: `free some space, or lower freeSpaceFloorBytes (now ${floorBytes}; free are ${free})`,
  });
}
