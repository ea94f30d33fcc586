import { lstat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { CacheCatalog, CachedObject, Wanted } from '../../../ports/cachecatalog.ts';
import type { QuotaLedger } from '../../../ports/ledger.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Recovery } from '../recover.ts';

export interface EvictionOptions {
  readonly folder: string;
  readonly ledger: QuotaLedger;
  readonly scope: string;
  readonly catalog: CacheCatalog;
  readonly logger: Logger;
}

/** Evicts what was used least recently and is not pinned. */
export class Eviction {
  readonly #options: EvictionOptions;
  readonly #recovery: Recovery;

  constructor(options: EvictionOptions, recovery: Recovery) {
    this.#options = options;
    this.#recovery = recovery;
  }

  /** Evicts at least this many bytes, or what there is, and at most so many beyond; resolves with what became free. */
  async evict(least: number, most: number = least): Promise<number> {
    let freed = 0;
    while (freed < Math.max(least, most)) {
      const batch = await this.batch({ needed: 0, least: least - freed, most: most - freed });
      if (batch.freed === 0) break;
      freed += batch.freed;
    }
    if (freed > 0) this.#options.logger.debug('Evicted cached media', { bytes: freed });
    return freed;
  }

  /** Files go first, then their space is given back: the ledger may count too much, never too little. */
  batch(wanted: Wanted): Promise<{ readonly freed: number; readonly underWay: boolean }> {
    const { catalog, folder, ledger, scope } = this.#options;
    return catalog.settling(async () => {
      const { marked, underWay } = await catalog.victims(wanted);
      if (marked.length === 0) return { freed: 0, underWay };
      const isGone = await Promise.all(marked.map(({ name }) => removed(path.join(folder, name))));
      const gone = marked.filter((_, index) => isGone[index]);
      const freed = gone.reduce((sum, { diskBytes }) => sum + diskBytes, 0);
      try {
        await ledger.refund(scope, freed);
      } finally {
        const keys = (objects: readonly CachedObject[]) => objects.map(({ key }) => key);
        const kept = marked.filter((_, index) => !isGone[index]);
        await this.#recovery.surely(() => catalog.evicted(keys(gone), keys(kept)));
      }
      return { freed, underWay };
    });
  }
}

/** Whether the file is gone now, also where a folder that is not ours stands in its place. */
async function removed(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch {
    const found = await lstat(file).catch((error: NodeJS.ErrnoException) => error.code);
    return typeof found === 'object' ? found.isDirectory() : found === 'ENOENT';
  }
}
