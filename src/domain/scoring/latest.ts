const fewest = 16;
const none = -1;

/** Cells of an entry: key, next one of its chain, the one before it in time, the one after it. */
const width = 4;
const chainCell = 1;
const olderCell = 2;
const newerCell = 3;

/**
 * Numbers by 32-bit keys in the order in which they were last put, at most `most` of them: for a further one the oldest
 * goes. The same as a `Map` whose entries are deleted and set again, in half its space and time: a hash table with chains,
 * whose entries are linked by age. It holds a place for as many as it had to.
 */
export class Latest {
  readonly #most: number;
  #places = fewest;
  #cells = new Int32Array(fewest * width);
  #values = new Float64Array(fewest);
  /** First entry of each chain, as its place and 1; 0 where there is none. */
  #chains = new Int32Array(fewest);
  #oldest = none;
  #newest = none;
  /** First of the places that were given up, linked by their cell of the next newer; those from `#used` on are untouched. */
  #free = none;
  #used = 0;
  size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  #cell(place: number, cell: number): number {
    return this.#cells[place * width + cell] ?? none;
  }

  #chainOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 16) & (this.#places - 1);
  }

  /** Place of a key's entry until the next change, or -1. */
  find(key: number): number {
    const cells = this.#cells;
    let place = (this.#chains[this.#chainOf(key)] ?? 0) - 1;
    while (place !== none && cells[place * width] !== key) place = (cells[place * width + chainCell] ?? 0) - 1;
    return place;
  }

  valueAt(place: number): number {
    return this.#values[place] ?? 0;
  }

  /** The oldest entry's place, or -1. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Puts a new value for the entry at a place, which is the newest then. */
  renew(place: number, value: number): void {
    this.#values[place] = value;
    if (place === this.#newest) return;
    this.#unlink(place);
    this.#linkNewest(place);
  }

  /** Puts a key that has no entry. */
  add(key: number, value: number): void {
    if (this.size === this.#most) this.dropOldest();
    const place = this.#take();
    this.#cells[place * width] = key;
    this.#values[place] = value;
    this.#chain(place);
    this.#linkNewest(place);
    this.size += 1;
  }

  #take(): number {
    const freed = this.#free;
    if (freed !== none) {
      this.#free = this.#cell(freed, newerCell);
      return freed;
    }
    if (this.#used === this.#places) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    const [cells, values] = [this.#cells, this.#values];
    this.#places *= 2;
    this.#cells = new Int32Array(this.#places * width);
    this.#cells.set(cells);
    this.#values = new Float64Array(this.#places);
    this.#values.set(values);
    this.#chains = new Int32Array(this.#places);
    for (let place = 0; place < this.#used; place += 1) this.#chain(place);
  }

  #chain(place: number): void {
    const chain = this.#chainOf(this.#cell(place, 0));
    this.#cells[place * width + chainCell] = this.#chains[chain] ?? 0;
    this.#chains[chain] = place + 1;
  }

  #unchain(place: number): void {
    const chain = this.#chainOf(this.#cell(place, 0));
    const next = this.#cell(place, chainCell);
    let before = (this.#chains[chain] ?? 0) - 1;
    if (before === place) {
      this.#chains[chain] = next;
      return;
    }
    while (this.#cell(before, chainCell) !== place + 1) before = this.#cell(before, chainCell) - 1;
    this.#cells[before * width + chainCell] = next;
  }

  #linkNewest(place: number): void {
    this.#cells[place * width + olderCell] = this.#newest;
    this.#cells[place * width + newerCell] = none;
    if (this.#newest === none) this.#oldest = place;
    else this.#cells[this.#newest * width + newerCell] = place;
    this.#newest = place;
  }

  #unlink(place: number): void {
    const older = this.#cell(place, olderCell);
    const newer = this.#cell(place, newerCell);
    if (older === none) this.#oldest = newer;
    else this.#cells[older * width + newerCell] = newer;
    if (newer === none) this.#newest = older;
    else this.#cells[newer * width + olderCell] = older;
  }

  dropOldest(): void {
    const place = this.#oldest;
    this.#unchain(place);
    this.#unlink(place);
    this.#cells[place * width + newerCell] = this.#free;
    this.#free = place;
    this.size -= 1;
  }

  /** Keys and values, oldest first. */
  *[Symbol.iterator](): Generator<readonly [key: number, value: number]> {
    for (let place = this.#oldest; place !== none; place = this.#cell(place, newerCell)) {
      yield [this.#cell(place, 0), this.valueAt(place)];
    }
  }
}
