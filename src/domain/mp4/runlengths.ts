import { entriesOf, plain } from './boxes.ts';

const entryBytes = 8;

/** Values of a table that says how often each follows (`stts`, `ctts`), one at a call. */
export class RunLengths {
  readonly #table: Buffer;
  #entry = -1;
  #left = 0;
  #value = 0;

  /** Throws `NotPlain` where the table is not for so many samples. */
  constructor(table: Buffer, samples: number) {
    this.#table = table;
    let total = 0;
    for (let entry = 0, entries = entriesOf(table, entryBytes); entry < entries; entry++) total += this.#countOf(entry);
    plain(total === samples, 'a table is for another number of samples');
  }

  next(): number {
    this.skip(1);
    return this.#value;
  }

  /** Leaves out so many values; returns what they are together. */
  skip(samples: number): number {
    let sum = 0;
    for (let rest = samples; rest > 0; ) {
      while (this.#left === 0) this.#turn();
      const some = Math.min(rest, this.#left);
      this.#left -= some;
      rest -= some;
      sum += some * this.#value;
    }
    return sum;
  }

  /** How many values from the start stay below a sum. */
  countBelow(sum: number): number {
    let [count, total] = [0, 0];
    for (let entry = 0, entries = entriesOf(this.#table, entryBytes); entry < entries; entry++) {
      const [here, value] = [this.#countOf(entry), this.#valueOf(entry)];
      if (total + here * value >= sum) return value > 0 ? count + Math.max(0, Math.ceil((sum - total) / value)) : count;
      count += here;
      total += here * value;
    }
    return count;
  }

  #turn(): void {
    this.#entry++;
    this.#left = this.#countOf(this.#entry);
    this.#value = this.#valueOf(this.#entry);
  }

  #countOf(entry: number): number {
    return this.#table.readUInt32BE(8 + entry * entryBytes);
  }

  #valueOf(entry: number): number {
    return this.#table.readInt32BE(12 + entry * entryBytes);
  }
}
