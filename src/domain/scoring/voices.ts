import type { ByteReader, ByteWriter } from './bytes.ts';

const windowSec = 10;
const most = 384;
const single = 15;

/**
 * One user is one voice: at most two messages of a user count in any 10 s. Exact as long as no more than 384 users
 * wrote within that time; beyond that the longest silent are forgotten first.
 */
export class Voices {
  /** User to the second of the newest counted message times 16, plus the seconds since the one before it (15: none). */
  readonly #users = new Map<number, number>();

  /** Whether a message of this user in this second counts; those of deleted accounts (0) are of many people. */
  allow(user: number, second: number): boolean {
    if (user === 0) return true;
    const known = this.#users.get(user);
    let gap = single;
    if (known !== undefined) {
      const newest = Math.floor(known / 16);
      const before = known - newest * 16;
      if (before !== single && second - (newest - before) < windowSec) return false;
      gap = second - newest < windowSec ? second - newest : single;
      this.#users.delete(user);
    } else if (this.#users.size >= most) {
      for (const oldest of this.#users.keys()) {
        this.#users.delete(oldest);
        break;
      }
    }
    this.#users.set(user, second * 16 + gap);
    return true;
  }

  /** Forgets users whose messages no longer matter in this second. */
  forget(second: number): void {
    for (const [user, value] of this.#users) {
      if (second - Math.floor(value / 16) < windowSec) return;
      this.#users.delete(user);
    }
  }

  write(out: ByteWriter): void {
    out.uint(this.#users.size);
    for (const [user, value] of this.#users) {
      out.i32(user);
      out.int(value);
    }
  }

  static read(input: ByteReader): Voices {
    const voices = new Voices();
    for (let left = input.uint(); left > 0; left -= 1) voices.#users.set(input.i32(), input.int());
    return voices;
  }
}
