import type { EndedHold, Hold } from '../../ports/cachecatalog.ts';
import { type CacheTables, kept } from './cachetables.ts';

/** Holds of a catalog: they are nobody's, and outlive leases, owners and restarts. Each call is part of one step. */
export class CacheHolds {
  readonly #tables: CacheTables;

  constructor(tables: CacheTables) {
    this.#tables = tables;
  }

  hold({ holder, keys, value, untilMs }: Hold, mostBytes: number, nowMs: number): EndedHold[] {
    this.expire(nowMs);
    this.letGo(holder);
    if (untilMs <= nowMs || !this.#add({ holder, keys, value, untilMs })) return [];
    return this.#shrinkTo(mostBytes);
  }

  keep(wanted: Omit<Hold, 'value'>, mostBytes: number, nowMs: number): void {
    this.expire(nowMs);
    this.letGo(wanted.holder);
    this.#add({ ...wanted, value: kept });
    if (Number(this.#tables.keptBytes.get()?.bytes ?? 0) > mostBytes) this.letGo(wanted.holder);
  }

  has(holder: string): boolean {
    return this.#tables.holdOf.get(holder) !== undefined;
  }

  letGo(holder: string): void {
    this.#tables.removeHold.run(holder);
  }

  expire(nowMs: number): void {
    this.#tables.expireHolds.run(nowMs);
  }

  /** Whether any of it is there. */
  #add({ holder, keys, value, untilMs }: Hold): boolean {
    const there = keys.filter((key) => this.#tables.object.get(key)?.evicting === null);
    if (there.length === 0) return false;
    this.#tables.addHold.run(holder, value, untilMs);
    for (const key of there) this.#tables.addHeld.run(key, holder);
    return true;
  }

  #shrinkTo(mostBytes: number): EndedHold[] {
    const ended: EndedHold[] = [];
    while (Number(this.#tables.heldBytes.get()?.bytes ?? 0) > mostBytes) {
      const least = this.#tables.leastHold.get();
      if (least === undefined) break;
      const holder = String(least.holder);
      ended.push({ holder, diskBytes: Number(this.#tables.bytesOfHold.get(holder)?.bytes ?? 0) });
      this.letGo(holder);
    }
    return ended;
  }
}
