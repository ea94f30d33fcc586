import type { ByteReader, ByteWriter } from './bytes.ts';
import { Latest } from './latest.ts';

const windowSec = 10;
const most = 384;
const single = 15;

/**
 * One user is one voice: at most two messages of a user count in any 10 s. Exact as long as no more than 384 users
 * wrote within that time; beyond that the longest silent are forgotten first.
 */
export class Voices {
  /** User to the second of the newest counted message times 16, plus the seconds since the one before it (15: none). */
  readonly #users = new Latest(most);

  /** Whether a message of this user in this second counts; those of deleted accounts (0) are of many people. */
  allow(user: number, second: number): boolean {
    if (user === 0) return true;
    const place = this.#users.find(user);
    if (place < 0) {
      this.#users.add(user, second * 16 + single);
      return true;
    }
    const known = this.#users.valueAt(place);
    const newest = Math.floor(known / 16);
    const before = known - newest * 16;
    if (before !== single && second - (newest - before) < windowSec) return false;
    this.#users.renew(place, second * 16 + (second - newest < windowSec ? second - newest : single));
    return true;
  }

  /** Forgets users whose messages no longer matter in this second. */
  forget(second: number): void {
    const users = this.#users;
    while (users.size > 0 && second - Math.floor(users.valueAt(users.oldest) / 16) >= windowSec) users.dropOldest();
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
    for (let left = input.uint(); left > 0; left -= 1) voices.#users.add(input.i32(), input.int());
    return voices;
  }
}
