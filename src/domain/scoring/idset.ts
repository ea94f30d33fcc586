const fewest = 16;

/**
 * A set of 53-bit hashes: an open table of doubles, at most half full, in which the entries after one that is taken out
 * move up. The same as a `Set`, which boxes such numbers and hashes each by a call. It holds room for as many as it had to.
 */
export class IdSet {
  /** Ids and 1; 0 where there is none. */
  #table = new Float64Array(fewest);
  #size = 0;

  /** Where an id is looked for first: its low bits, which are well mixed. */
  #home(entry: number): number {
    return entry & (this.#table.length - 1);
  }

  /** Where an entry is, or the empty place in which it belongs. */
  #placeOf(entry: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let place = this.#home(entry);
    while (table[place] !== entry && table[place] !== 0) place = (place + 1) & mask;
    return place;
  }

  has(id: number): boolean {
    return this.#table[this.#placeOf(id + 1)] !== 0;
  }

  add(id: number): void {
    const place = this.#placeOf(id + 1);
    if (this.#table[place] !== 0) return;
    this.#table[place] = id + 1;
    this.#size += 1;
    if (this.#size * 2 > this.#table.length) this.#grow();
  }

  #grow(): void {
    const entries = this.#table;
    this.#table = new Float64Array(entries.length * 2);
    for (const entry of entries) if (entry !== 0) this.#table[this.#placeOf(entry)] = entry;
  }

  delete(id: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#placeOf(id + 1);
    if (table[hole] === 0) return;
    this.#size -= 1;
    for (let next = (hole + 1) & mask; table[next] !== 0; next = (next + 1) & mask) {
      const entry = table[next] ?? 0;
      // It may move up unless its home lies behind the hole.
      if (((next - this.#home(entry)) & mask) < ((next - hole) & mask)) continue;
      table[hole] = entry;
      hole = next;
    }
    table[hole] = 0;
  }
}
