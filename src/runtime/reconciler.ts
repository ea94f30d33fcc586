import type { Clock } from '../ports/clock.ts';
import type { QuotaLedger, ScopeUsage } from '../ports/ledger.ts';
import type { Logger } from '../ports/logger.ts';
import type { Started } from './lifecycle.ts';

/** Who knows what is really used of some scopes. */
export interface Measuring {
  readonly covers: (scope: string) => boolean;
  /** By the disk, or by the records of what was spent; in the scope's unit. */
  readonly measure: (scope: string) => Promise<number>;
}

export interface ReconcilerOptions {
  readonly ledger: QuotaLedger;
  readonly clock: Clock;
  readonly logger: Logger;
}

const everyMs = 10 * 60_000;
/** Between two looks at a scope that differs from what is there. */
const secondLookMs = 1_000;
const mostLooks = 5;

/**
 * Puts the ledger right: a scope that was lost at once, all others every ten minutes. What was registered first is
 * asked first.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #measuring: Measuring[] = [];
  readonly #caps = new Map<string, number>();
  readonly #rebuilding = new Map<string, Promise<boolean>>();
  readonly #stopped = new AbortController();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  register(measuring: Measuring): void {
    this.#measuring.push(measuring);
  }

  /** What a scope may have, for a ledger that lost that too. */
  capped(scope: string, cap: number): void {
    this.#caps.set(scope, cap);
  }

  dropped(scope: string): void {
    this.#caps.delete(scope);
  }

  /**
   * Opens a scope that was lost, with what is really used of it; one at a time. False where nobody here knows that, or
   * it cannot be told now. Of several processes that do it the first decides: what is spent after it stays counted.
   */
  rebuild(scope: string): Promise<boolean> {
    const underWay = this.#rebuilding.get(scope);
    if (underWay !== undefined) return underWay;
    const rebuilding = this.#rebuild(scope).finally(() => this.#rebuilding.delete(scope));
    this.#rebuilding.set(scope, rebuilding);
    return rebuilding;
  }

  /** Sets what is used to what is there, at the start of who keeps it; others may spend meanwhile. */
  async begin(scope: string): Promise<void> {
    const measure = this.#measureOf(scope);
    for (let look = 0; measure !== undefined && look < mostLooks; look++) {
      const was = await this.#usage(scope);
      const used = await measure(scope);
      if (was === undefined) return this.#options.ledger.reconcile(scope, used);
      if (was.used === used && was.generation > 0) return;
      if (await this.#options.ledger.correct(was, used)) return;
    }
  }

  /**
   * Sets what is used to what is there, where that is the same difference twice in a row: a file that has its name and is
   * not committed yet, or is gone and not given back yet, is none. A scope in which too much goes on is left for later.
   */
  async check(scope: string): Promise<void> {
    const { ledger, clock, logger } = this.#options;
    const measure = this.#measureOf(scope);
    if (measure === undefined) return;
    let before = 0;
    for (let look = 0; look < mostLooks; look++) {
      const was = await this.#usage(scope);
      if (was === undefined) return;
      if (was.generation === 0) return void (await this.rebuild(scope));
      const difference = (await measure(scope)) - was.used;
      if (difference === 0) return;
      if (difference === before && (await ledger.correct(was, was.used + difference))) {
        logger.warn('The ledger differed from what is there', { scope, used: was.used, difference });
        return;
      }
      before = difference;
      await clock.sleep(secondLookMs, this.#stopped.signal);
    }
  }

  /** All that somebody here can measure; the failure of one keeps no other from it. */
  async checkAll(): Promise<void> {
    const { ledger, logger } = this.#options;
    await ledger.expire();
    for (const { scope } of await ledger.scopes()) {
      if (this.#stopped.signal.aborted) return;
      await this.check(scope).catch((error: unknown) => {
        if (!this.#stopped.signal.aborted)
          logger.warn('Could not reconcile the ledger', { scope, error: String(error) });
      });
    }
  }

  /** Begins with the first round at once. */
  start(): Started<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopped;
    const done = (async () => {
      while (!signal.aborted) {
        await this.checkAll().catch((error: unknown) =>
          logger.warn('Could not reconcile the ledger', { error: String(error) }),
        );
        await clock.sleep(everyMs, signal).catch(() => undefined);
      }
    })();
    const stop = async (): Promise<void> => {
      this.#stopped.abort();
      await done;
    };
    return { value: undefined, stop };
  }

  async #rebuild(scope: string): Promise<boolean> {
    const { ledger, logger } = this.#options;
    const measure = this.#measureOf(scope);
    if (measure === undefined) return false;
    try {
      const used = await measure(scope);
      const was = await this.#usage(scope);
      if (was === undefined || was.generation > 0) return true;
      const cap = this.#caps.get(scope);
      if (cap !== undefined) await ledger.setCap(scope, cap);
      if (await ledger.correct(was, used)) logger.warn('Rebuilt what the ledger had lost', { scope, used });
      return true;
    } catch (error) {
      logger.warn('Could not rebuild what the ledger had lost', { scope, error: String(error) });
      return false;
    }
  }

  #measureOf(scope: string): Measuring['measure'] | undefined {
    return this.#measuring.find(({ covers }) => covers(scope))?.measure;
  }

  async #usage(scope: string): Promise<ScopeUsage | undefined> {
    return (await this.#options.ledger.scopes(scope)).find((usage) => usage.scope === scope);
  }
}
