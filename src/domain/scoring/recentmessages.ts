import type { ByteReader, ByteWriter } from './bytes.ts';
import type { ScoredEvent } from './event.ts';

const most = 384;
/** Places to begin with; a power of two, as it stays when it doubles. */
const least = 32;
/** Seconds before the open one of which counts are kept (`Seconds`). */
const reachSec = 31;

/** Cells of an entry: 21 bits of the event's id and of the user, second, marks, words (-1 once it was taken back). */
const width = 5;
/** Low bits of a hash, which are three bytes in a snapshot: of 384 messages a wrong one is taken once in 5,000 removals. */
const short = (hash: number): number => hash & 0x1f_ff_ff;

/** What a counted message had added, and to which second: `ago` seconds before the open one. */
export interface Counted {
  readonly marks: number;
  readonly words: number;
  readonly ago: number;
}

/**
 * The counted messages of the last 31 s, so that those of a deleted message or a banned user can be taken back. At most
 * 384: above 12 counted messages a second it reaches back less far (at 100 a second 4 s); a deletion of what it does
 * not know any more changes nothing. It holds a place for as many as it had to.
 */
export class RecentMessages {
  #cells = new Int32Array(least * width);
  /** Place of the oldest entry, and how many there are. */
  #head = 0;
  #count = 0;
  #places = least;

  /** First cell of an entry; 0 is the oldest. */
  #at(index: number): number {
    return ((this.#head + index) & (this.#places - 1)) * width;
  }

  add({ id, user }: ScoredEvent, second: number, marks: number, words: number): void {
    while (this.#count > 0 && second - (this.#cells[this.#at(0) + 2] ?? 0) > reachSec) this.#forgetOldest();
    if (this.#count === most) this.#forgetOldest();
    this.#put(short(id), short(user), second, marks, words);
  }

  #forgetOldest(): void {
    this.#head = (this.#head + 1) & (this.#places - 1);
    this.#count -= 1;
  }

  #put(id: number, user: number, second: number, marks: number, words: number): void {
    if (this.#count === this.#places) this.#grow();
    const at = this.#at(this.#count);
    this.#cells[at] = id;
    this.#cells[at + 1] = user;
    this.#cells[at + 2] = second;
    this.#cells[at + 3] = marks;
    this.#cells[at + 4] = words;
    this.#count += 1;
  }

  #grow(): void {
    const grown = new Int32Array(this.#cells.length * 2);
    grown.set(this.#cells.subarray(this.#head * width));
    grown.set(this.#cells.subarray(0, this.#head * width), this.#cells.length - this.#head * width);
    this.#cells = grown;
    this.#places *= 2;
    this.#head = 0;
  }

  /**
   * What the messages that a deletion names had added to seconds that are still kept; each is given once. Deleted
   * accounts (user 0) are many people, so none goes by that.
   */
  takeBack({ amount, user }: ScoredEvent, openSecond: number): readonly Counted[] {
    const cells = this.#cells;
    const taken: Counted[] = [];
    const [wantedId, wantedUser] = [short(amount), short(user)];
    for (let index = 0; index < this.#count; index += 1) {
      const at = this.#at(index);
      const isMeant = (amount !== 0 && cells[at] === wantedId) || (user !== 0 && cells[at + 1] === wantedUser);
      const words = cells[at + 4] ?? 0;
      const ago = openSecond - (cells[at + 2] ?? 0);
      if (!isMeant || words < 0 || ago > reachSec) continue;
      taken.push({ marks: cells[at + 3] ?? 0, words, ago });
      cells[at + 4] = -1;
    }
    return taken;
  }

  /** Those that were taken back keep their place: which is the oldest of the 384 depends on it. */
  write(out: ByteWriter): void {
    out.uint(this.#count);
    let before = 0;
    for (let index = 0; index < this.#count; index += 1) {
      const [id = 0, user = 0, second = 0, marks = 0, words = 0] = this.#cells.subarray(this.#at(index));
      out.uint(id);
      out.uint(user);
      out.int(second - before);
      out.uint(marks);
      out.uint(words + 1);
      before = second;
    }
  }

  static read(input: ByteReader): RecentMessages {
    const recent = new RecentMessages();
    let second = 0;
    for (let left = input.uint(); left > 0; left -= 1) {
      const id = input.uint();
      const user = input.uint();
      second += input.int();
      recent.#put(id, user, second, input.uint(), input.uint() - 1);
    }
    return recent;
  }
}
