import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CacheCatalog } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
import { foreignIn } from './foreign.ts';
import { partOwner } from './objectname.ts';

export interface RecoveryOptions {
  readonly folder: string;
  readonly catalog: CacheCatalog;
  readonly ledger: QuotaLedger;
  /** The ledger's scope for the cache's bytes. */
  readonly scope: string;
  readonly clock: Clock;
}

/** Between two looks for owners that died, in milliseconds. */
const reapEveryMs = 25;

/** As the ledger knows an owner of the catalog. */
export const holderOf = (owner: string): string => `media cache ${owner}`;

/** Puts right what processes that died left: their pins, flights, part files and reservations, and what they had not told the ledger. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #left = new Set<() => Promise<unknown>>();
  #reaping: Promise<boolean> | undefined;
  #reapedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Whether something was found. Who asks while another is at it, or just was, gets that one's answer. */
  reap(): Promise<boolean> {
    const nowMs = this.#options.clock.now();
    if (this.#reaping === undefined || nowMs - this.#reapedAtMs >= reapEveryMs) {
      this.#reapedAtMs = nowMs;
      const reaping = (this.#reaping ?? Promise.resolve()).then(() => this.#reap());
      this.#reaping = reaping.finally(() => {
        this.#reaping = undefined;
      });
    }
    return this.#reaping;
  }

  /** Does what others wait for: where it cannot be done now, as when the disk is full, `again` does it later. */
  async surely(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch {
      this.#left.add(step);
    }
  }

  async again(): Promise<void> {
    for (const step of this.#left) {
      await step();
      this.#left.delete(step);
    }
  }

  async #reap(): Promise<boolean> {
    const { catalog, folder, ledger, scope } = this.#options;
    const { owners, unsettled } = await catalog.reap();
    if (owners.length > 0) await removeParts(folder, (owner) => owners.includes(owner));
    // Where that cannot be done now, their leases end by themselves.
    for (const owner of owners) await ledger.releaseAllOf(scope, holderOf(owner)).catch(() => undefined);
    if (unsettled) await this.#reconcile();
    return owners.length > 0 || unsettled;
  }

  async #reconcile(): Promise<void> {
    const { catalog, folder, ledger, scope } = this.#options;
    await catalog.exclusively(async (mustHold) => {
      const { diskBytes } = await catalog.usage();
      const { foreignBytes } = await foreignIn(folder);
      await mustHold();
      await ledger.reconcile(scope, diskBytes + foreignBytes);
      await catalog.settled();
    });
  }
}

/** Removes the part files of these owners; resolves with how many there were. */
export async function removeParts(folder: string, isTheirs: (owner: string) => boolean): Promise<number> {
  const names = (await readdir(folder)).filter((name) => {
    const owner = partOwner(name);
    return owner !== undefined && isTheirs(owner);
  });
  for (const name of names) await rm(path.join(folder, name), { force: true });
  return names.length;
}
