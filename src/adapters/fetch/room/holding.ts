import { blocksOf } from '../../../domain/budgets.ts';
import type { CachedObject } from '../../../ports/cachecatalog.ts';
import type { ObjectStore } from '../store.ts';

/** What is needed. */
export interface Wanted {
  readonly keys: readonly string[];
  /** Bytes that an object takes, as far as that is known; 0 where it is not. */
  readonly bytesOf: (key: string) => number;
}

/** What a lease has pinned of what it wants, and what it lacks. */
export class Holding {
  readonly #store: Pick<ObjectStore, 'pin' | 'unpin'>;
  readonly #promised: Map<string, number>;
  readonly #wanted: Wanted;
  readonly #signal: AbortSignal;
  #present: ReadonlyMap<string, CachedObject> | undefined;
  #promises: readonly string[] = [];

  /** `promised`: objects that somebody in this process has room for, and is bringing; by how many. */
  constructor(
    store: Pick<ObjectStore, 'pin' | 'unpin'>,
    promised: Map<string, number>,
    wanted: Wanted,
    signal: AbortSignal,
  ) {
    this.#store = store;
    this.#promised = promised;
    this.#wanted = wanted;
    this.#signal = signal;
  }

  get isHeld(): boolean {
    return this.#present !== undefined;
  }

  get present(): ReadonlyMap<string, CachedObject> {
    return this.#present ?? new Map();
  }

  /** Pins, and sees what is there. */
  async look(): Promise<void> {
    const { isHeld } = this;
    this.#present = await this.#store.pin(this.#wanted.keys, this.#signal);
    if (isHeld) await this.#store.unpin(this.#wanted.keys);
  }

  /** Lets go of what it has pinned. */
  async leave(): Promise<void> {
    const { isHeld } = this;
    this.#present = undefined;
    if (isHeld) await this.#store.unpin(this.#wanted.keys);
  }

  /** What is not there, and nobody else here is bringing. */
  missing(): string[] {
    return this.#wanted.keys.filter((key) => !this.present.has(key) && !this.#promised.has(key));
  }

  /** Blocks that what is missing takes: an estimate, and so no more than fits beside what is there. */
  lacking(cap: number): number {
    const there = [...this.present.values()].reduce((sum, { diskBytes }) => sum + diskBytes, 0);
    const bytes = this.missing().reduce((sum, key) => sum + blocksOf(this.#wanted.bytesOf(key)), 0);
    return Math.max(0, Math.min(bytes, cap - there));
  }

  /** Blocks of all that is wanted, there or not. */
  whole(): number {
    const bytesOf = (key: string): number => this.present.get(key)?.bytes ?? this.#wanted.bytesOf(key);
    return this.#wanted.keys.reduce((sum, key) => sum + blocksOf(bytesOf(key)), 0);
  }

  /** Says that what is missing is on its way, until `keepPromises`. */
  promise(): void {
    this.#promises = this.missing();
    for (const key of this.#promises) this.#promised.set(key, (this.#promised.get(key) ?? 0) + 1);
  }

  /** It is there, or will not be. */
  keepPromises(): void {
    for (const key of this.#promises) {
      const others = (this.#promised.get(key) ?? 0) - 1;
      if (others > 0) this.#promised.set(key, others);
      else this.#promised.delete(key);
    }
    this.#promises = [];
  }
}
