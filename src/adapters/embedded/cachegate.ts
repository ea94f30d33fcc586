import { CliptideError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CacheOwners } from './cacheowners.ts';
import type { CacheTables } from './cachetables.ts';

type Step = <T>(work: () => T) => Promise<T>;

/** How long one waits for the other side, in milliseconds. */
const patienceMs = 120_000;

/**
 * Keeps those who change the catalog and the ledger together apart from who compares them: many of the ones, or one of
 * the others, over all processes. Who is dead, or whose lease is over, holds nobody up.
 */
export class CacheGate {
  readonly #tables: CacheTables;
  readonly #owners: CacheOwners;
  readonly #clock: Clock;
  readonly #step: Step;
  readonly #settling = new Set<string>();
  #alone: Promise<unknown> = Promise.resolve();
  #isAlone = false;

  constructor(tables: CacheTables, owners: CacheOwners, clock: Clock, step: Step) {
    this.#tables = tables;
    this.#owners = owners;
    this.#clock = clock;
    this.#step = step;
  }

  async settling<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#settling.add(id);
    try {
      await this.#until(() => {
        if (this.#isShut(undefined)) return false;
        this.#tables.addSettling.run(id, this.#owners.own);
        return true;
      });
      return await work();
    } finally {
      this.#settling.delete(id);
      await this.#step(() => this.#tables.removeSettling.run(id));
    }
  }

  /** Part of a step: ends what could not be ended in its time, as when the disk was full. */
  tidy(): void {
    const { own } = this.#owners;
    for (const { id } of this.#tables.settlingOf.all(own)) {
      if (!this.#settling.has(String(id))) this.#tables.removeSettling.run(String(id));
    }
    if (!this.#isAlone && this.#holder() === own) this.#tables.setGate.run(null);
  }

  /** In this process one after the other: the gate knows its holder by the process. */
  exclusively<T>(work: (mustHold: () => Promise<void>) => Promise<T>): Promise<T> {
    const turn = this.#alone.then(() => this.#exclusively(work));
    this.#alone = turn.catch(() => undefined);
    return turn;
  }

  async #exclusively<T>(work: (mustHold: () => Promise<void>) => Promise<T>): Promise<T> {
    const { own } = this.#owners;
    this.#isAlone = true;
    try {
      await this.#until(() => {
        if (this.#isShut(own)) return false;
        this.#tables.setGate.run(own);
        return true;
      });
      await this.#until(() => !this.#tables.settlers.all().some(({ owner }) => this.#holdsUp(String(owner))));
      return await work(() => this.#step(() => this.#mustHold()));
    } finally {
      this.#isAlone = false;
      await this.#step(() => {
        if (this.#holder() === own) this.#tables.setGate.run(null);
      });
    }
  }

  #holder(): string | undefined {
    const gate = this.#tables.state.get()?.gate;
    return typeof gate === 'string' ? gate : undefined;
  }

  #mustHold(): void {
    if (this.#holder() === this.#owners.own) return;
    throw new CliptideError('fenced', 'Another process has taken the catalog of the media cache over');
  }

  #isShut(own: string | undefined): boolean {
    const holder = this.#holder();
    return holder !== undefined && holder !== own && this.#holdsUp(holder);
  }

  #holdsUp(owner: string): boolean {
    return this.#owners.isAlive(owner) && this.#owners.isCurrent(owner);
  }

  async #until(condition: () => boolean): Promise<void> {
    const deadline = this.#clock.now() + patienceMs;
    while (!(await this.#step(condition))) {
      if (this.#clock.now() > deadline) {
        throw new CliptideError('unavailable', 'another process keeps the catalog of the media cache to itself');
      }
      await this.#clock.sleep(10 + Math.random() * 20);
    }
  }
}
