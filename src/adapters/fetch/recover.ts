import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CacheCatalog } from '../../ports/cachecatalog.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuotaLedger } from '../../ports/ledger.ts';
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

/** Puts right what processes that died left: their pins, flights and part files, and what they had not told the ledger. */
export class Recovery {
  readonly #options: RecoveryOptions;
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

  async #reap(): Promise<boolean> {
    const { catalog, folder } = this.#options;
    const { owners, unsettled } = await catalog.reap();
    if (owners.length > 0) await removeParts(folder, (owner) => owners.includes(owner));
    if (unsettled) await this.#reconcile();
    return owners.length > 0 || unsettled;
  }

  async #reconcile(): Promise<void> {
    const { catalog, ledger, scope } = this.#options;
    await catalog.exclusively(async (mustHold) => {
      const { diskBytes } = await catalog.usage();
      await mustHold();
      await ledger.reconcile(scope, diskBytes);
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
