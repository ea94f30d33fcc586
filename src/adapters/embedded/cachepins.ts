import type { CachedObject, Victims, Wanted } from '../../ports/cachecatalog.ts';
import { type CacheTables, objectOf } from './cachetables.ts';

/** Objects that one step marks for eviction at most. */
const batch = 64;

/** Pins and evictions of a catalog for one owner. Each call is part of one step. */
export class CachePins {
  readonly #tables: CacheTables;
  readonly #own: string;

  constructor(tables: CacheTables, own: string) {
    this.#tables = tables;
    this.#own = own;
  }

  pin(keys: readonly string[], nowMs: number): ReadonlyMap<string, CachedObject> | undefined {
    const rows = keys.map((key) => this.#tables.object.get(key)).filter((row) => row !== undefined);
    if (rows.some((row) => row.evicting !== null)) return undefined;
    for (const key of keys) this.#tables.pin.run(key, this.#own);
    for (const row of rows) this.#tables.use.run(nowMs, String(row.key));
    return new Map(rows.map((row) => [String(row.key), objectOf(row)]));
  }

  unpin(keys: readonly string[]): void {
    for (const key of keys) {
      const { changes } = this.#tables.removePin.run(key, this.#own);
      if (Number(changes) === 0) this.#tables.unpin.run(key, this.#own);
    }
  }

  /** Holds that are over are to be gone. */
  victims({ needed, least, most }: Wanted, nowMs: number): Victims {
    const evictingBytes = Number(this.#tables.evictingBytes.get()?.bytes ?? 0);
    const pinnedBytes = Number(this.#tables.pinnedBytes.get(nowMs)?.bytes ?? 0);
    const allBytes = Number(this.#tables.state.get()?.disk_bytes);
    const marked: CachedObject[] = [];
    if (allBytes - pinnedBytes - evictingBytes < needed) return { marked, underWay: evictingBytes > 0 };
    let freed = 0;
    for (const row of this.#tables.candidates.all(batch)) {
      const object = objectOf(row);
      if (freed >= least && freed + object.diskBytes > most) break;
      this.#tables.setEvicting.run(this.#own, object.key);
      freed += object.diskBytes;
      marked.push(object);
    }
    return { marked, underWay: evictingBytes > 0 };
  }

  evicted(gone: readonly string[], kept: readonly string[]): void {
    for (const key of gone) if (this.#isMine(key)) this.#tables.removeObject.run(key);
    for (const key of kept) if (this.#isMine(key)) this.#tables.setEvicting.run(null, key);
  }

  #isMine(key: string): boolean {
    return this.#tables.object.get(key)?.evicting === this.#own;
  }
}
