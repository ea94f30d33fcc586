import type { ByteReader, ByteWriter } from './bytes.ts';
import { IdSet } from './idset.ts';

const most = 2048;
/** So many ids that were forgotten keep their places, and of more no more than there are others: each is moved once at most. */
const mostForgotten = 16;

/** Ids of events that wait, and of those that were processed within the lateness bound (at most 2,048 of these). */
export class RecentIds {
  readonly #known = new IdSet();
  #ids: number[] = [];
  #times: number[] = [];
  #head = 0;

  has(id: number): boolean {
    return this.#known.has(id);
  }

  /** An event that waits from now on. */
  waits(id: number): void {
    this.#known.add(id);
  }

  /** A waiting event was processed; these come in the order of their times. */
  processed(id: number, atMs: number): void {
    this.#ids.push(id);
    this.#times.push(atMs);
  }

  /** Forgets processed events from before a time. */
  forgetBefore(atMs: number): void {
    while (this.#head < this.#ids.length) {
      if ((this.#times[this.#head] ?? 0) >= atMs && this.#ids.length - this.#head <= most) break;
      this.#known.delete(this.#ids[this.#head] ?? 0);
      this.#head += 1;
    }
    if (this.#head < mostForgotten || this.#head * 2 < this.#ids.length) return;
    this.#ids = this.#ids.slice(this.#head);
    this.#times = this.#times.slice(this.#head);
    this.#head = 0;
  }

  write(out: ByteWriter): void {
    out.uint(this.#ids.length - this.#head);
    let before = 0;
    for (let i = this.#head; i < this.#ids.length; i += 1) {
      out.uint(this.#ids[i] ?? 0);
      out.uint((this.#times[i] ?? 0) - before);
      before = this.#times[i] ?? 0;
    }
  }

  /** `waiting` are the ids of the events that wait. */
  static read(input: ByteReader, waiting: readonly number[]): RecentIds {
    const recent = new RecentIds();
    let atMs = 0;
    for (let left = input.uint(); left > 0; left -= 1) {
      const id = input.uint();
      atMs += input.uint();
      recent.#known.add(id);
      recent.processed(id, atMs);
    }
    for (const id of waiting) recent.waits(id);
    return recent;
  }
}
