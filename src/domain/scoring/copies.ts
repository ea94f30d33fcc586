import type { ByteReader, ByteWriter } from './bytes.ts';
import { Latest } from './latest.ts';
import type { Signature } from './message.ts';

const windowSec = 30;
const most = 256;
const allowed = 2;

/**
 * Copied texts, whoever sends them: of messages that are alike, the third and later ones within 30 s of the one before do
 * not count. A wave of equal messages from many accounts is so worth two messages.
 */
export class Copies {
  /** Half a signature to the second in which it was last seen times 4, plus how often, up to 3. */
  readonly #seen = new Latest(most);

  /** Whether a message with this signature counts in this second; a half of 0 is no copy's. */
  allow({ least, greatest }: Readonly<Signature>, second: number): boolean {
    if (least === 0) return true;
    const times = this.#times(least, second);
    return Math.max(times, greatest === least ? 0 : this.#times(greatest, second)) < allowed;
  }

  /** How often it was seen before this time, up to 3. */
  #times(half: number, second: number): number {
    const place = this.#seen.find(half);
    if (place < 0) {
      this.#seen.add(half, second * 4 + 1);
      return 0;
    }
    const known = this.#seen.valueAt(place);
    const last = Math.floor(known / 4);
    const times = second - last <= windowSec ? known - last * 4 : 0;
    this.#seen.renew(place, second * 4 + Math.min(3, times + 1));
    return times;
  }

  write(out: ByteWriter): void {
    out.uint(this.#seen.size);
    for (const [signature, value] of this.#seen) {
      out.i32(signature);
      out.int(value);
    }
  }

  static read(input: ByteReader): Copies {
    const copies = new Copies();
    for (let left = input.uint(); left > 0; left -= 1) copies.#seen.add(input.i32(), input.int());
    return copies;
  }
}
