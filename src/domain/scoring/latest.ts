const fewest = 16;
const none = -1;

/** Links of an entry: the next one of its chain, the one before it in time, the one after it. */
const width = 3;
const chained = 0;
const older = 1;
const newer = 2;
/** Value, key, links and a chain. */
const placeBytes = 8 + 4 + 2 * width + 2;

/**
 * Numbers by 32-bit keys in the order in which they were last put, at most `most` (up to 16,384) of them: for a further one
 * the oldest goes. The same as a `Map` whose entries are deleted and set again, in half its space and time: a hash table with chains,
 * whose entries are linked by age. It holds a place for as many as it had to.
 */
export class Latest {
  readonly #most: number;
  #places = fewest;
  #values!: Float64Array;
  #keys!: Int32Array;
  #links!: Int16Array;
  /** First entry of each chain, as its place and 1; 0 where there is none. */
  #chains!: Int16Array;
  #oldest = none;
  #newest = none;
  /** First of the places that were given up, linked by their newer one; those from `#used` on are untouched. */
  #free = none;
  #used = 0;
  size = 0;

  constructor(most: number) {
    this.#most = most;
    this.#allocate();
  }

  /** All in one buffer, since each takes half a kilobyte beside what it holds. */
  #allocate(): void {
    const places = this.#places;
    const buffer = new ArrayBuffer(places * placeBytes);
    this.#values = new Float64Array(buffer, 0, places);
    this.#keys = new Int32Array(buffer, places * 8, places);
    this.#links = new Int16Array(buffer, places * 12, places * width);
    this.#chains = new Int16Array(buffer, places * (12 + 2 * width), places);
  }

  #link(place: number, which: number): number {
    return this.#links[place * width + which] ?? none;
  }

  #chainOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 16) & (this.#places - 1);
  }

  /** Place of a key's entry until the next change, or -1. */
  find(key: number): number {
    let place = (this.#chains[this.#chainOf(key)] ?? 0) - 1;
    while (place !== none && this.#keys[place] !== key) place = this.#link(place, chained) - 1;
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
    this.#keys[place] = key;
    this.#values[place] = value;
    this.#chain(place);
    this.#linkNewest(place);
    this.size += 1;
  }

  #take(): number {
    const freed = this.#free;
    if (freed !== none) {
      this.#free = this.#link(freed, newer);
      return freed;
    }
    if (this.#used === this.#places) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    const [keys, values, links] = [this.#keys, this.#values, this.#links];
    this.#places *= 2;
    this.#allocate();
    this.#keys.set(keys);
    this.#values.set(values);
    this.#links.set(links);
    for (let place = 0; place < this.#used; place += 1) this.#chain(place);
  }

  #chain(place: number): void {
    const chain = this.#chainOf(this.#keys[place] ?? 0);
    this.#links[place * width + chained] = this.#chains[chain] ?? 0;
    this.#chains[chain] = place + 1;
  }

  #unchain(place: number): void {
    const chain = this.#chainOf(this.#keys[place] ?? 0);
    const next = this.#link(place, chained);
    let before = (this.#chains[chain] ?? 0) - 1;
    if (before === place) {
      this.#chains[chain] = next;
      return;
    }
    while (this.#link(before, chained) !== place + 1) before = this.#link(before, chained) - 1;
    this.#links[before * width + chained] = next;
  }

  #linkNewest(place: number): void {
    this.#links[place * width + older] = this.#newest;
    this.#links[place * width + newer] = none;
    if (this.#newest === none) this.#oldest = place;
    else this.#links[this.#newest * width + newer] = place;
    this.#newest = place;
  }

  #unlink(place: number): void {
    const [before, after] = [this.#link(place, older), this.#link(place, newer)];
    if (before === none) this.#oldest = after;
    else this.#links[before * width + newer] = after;
    if (after === none) this.#newest = before;
    else this.#links[after * width + older] = before;
  }

  dropOldest(): void {
    const place = this.#oldest;
    this.#unchain(place);
    this.#unlink(place);
    this.#links[place * width + newer] = this.#free;
    this.#free = place;
    this.size -= 1;
  }

  /** Keys and values, oldest first. */
  *[Symbol.iterator](): Generator<readonly [key: number, value: number]> {
    for (let place = this.#oldest; place !== none; place = this.#link(place, newer)) {
      yield [this.#keys[place] ?? 0, this.valueAt(place)];
    }
  }
}
