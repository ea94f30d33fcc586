import type { ByteReader, ByteWriter } from './bytes.ts';

/**
 * Slots that tokens are hashed to; a power of two. The study has 16,384, which no small snapshot holds. On its sets the figures with
 * 1,024 and 16,384 slots are within .01 of each other, in both directions: less than their noise.
 */
const slots = 1024;
const fastTau = 12;
const slowTau = 400;
/** Weights grow instead of all slots decaying; at this size everything is scaled back. */
const largestScale = 2 ** 40;

/** Counts whose every entry decays at once: an entry made now weighs more than one made before. */
class DecayingCounts {
  readonly slots: Float32Array;
  readonly #growth: number;
  scale = 1;
  total = 0;

  constructor(tau: number, room: Float32Array) {
    this.slots = room;
    this.#growth = Math.exp(1 / tau);
  }

  next(): void {
    this.scale *= this.#growth;
    if (this.scale < largestScale) return;
    for (let i = 0; i < slots; i += 1) {
      const value = (this.slots[i] ?? 0) / this.scale;
      this.slots[i] = value < 1e-6 ? 0 : value;
    }
    this.total /= this.scale;
    this.scale = 1;
  }

  write(out: ByteWriter): void {
    out.f64(this.scale);
    out.f64(this.total);
    for (let i = 0; i < slots; i += 8) {
      let used = 0;
      for (let bit = 0; bit < 8; bit += 1) if (this.slots[i + bit] !== 0) used |= 1 << bit;
      out.uint(used);
      for (let bit = 0; bit < 8; bit += 1) if (used & (1 << bit)) out.f32(this.slots[i + bit] ?? 0);
    }
  }

  read(input: ByteReader): void {
    this.scale = input.f64();
    this.total = input.f64();
    for (let i = 0; i < slots; i += 8) {
      const used = input.uint();
      for (let bit = 0; bit < 8; bit += 1) this.slots[i + bit] = used & (1 << bit) ? input.f32() : 0;
    }
  }
}

/** Which tokens are said much more now (12 s) than before (400 s), in a fixed number of slots. */
export class TokenRates {
  readonly #fast: DecayingCounts;
  readonly #slow: DecayingCounts;

  /** Factors of the rates below, which change with the message and the second only. */
  #perLatest = 1;
  #perEarlier = 1 / 30;
  #floor = 0.3;

  constructor() {
    const room = new Float32Array(2 * slots);
    this.#fast = new DecayingCounts(fastTau, room.subarray(0, slots));
    this.#slow = new DecayingCounts(slowTau, room.subarray(slots));
  }

  #weigh(): void {
    this.#perLatest = 1 / (this.#fast.total + this.#fast.scale);
    this.#perEarlier = 1 / (this.#slow.total + 30 * this.#slow.scale);
    this.#floor = 0.3 * this.#slow.scale;
  }

  next(): void {
    this.#fast.next();
    this.#slow.next();
    this.#weigh();
  }

  /** Rate among the latest messages over the rate before, both with a floor: 1 says nothing, more than e is a burst. */
  ratio(hash: number): number {
    const slot = hash & (slots - 1);
    const now = (this.#fast.slots[slot] ?? 0) * this.#perLatest;
    const before = ((this.#slow.slots[slot] ?? 0) + this.#floor) * this.#perEarlier;
    return (now + 0.01) / (before + 0.01);
  }

  /** About how many of the latest messages had the token. */
  latest(hash: number): number {
    return Math.round((this.#fast.slots[hash & (slots - 1)] ?? 0) / this.#fast.scale);
  }

  add(hash: number): void {
    const slot = hash & (slots - 1);
    this.#fast.slots[slot] = (this.#fast.slots[slot] ?? 0) + this.#fast.scale;
    this.#slow.slots[slot] = (this.#slow.slots[slot] ?? 0) + this.#slow.scale;
  }

  /** Counts a message whose tokens were added. */
  addMessage(): void {
    this.#fast.total += this.#fast.scale;
    this.#slow.total += this.#slow.scale;
    this.#weigh();
  }

  write(out: ByteWriter): void {
    this.#fast.write(out);
    this.#slow.write(out);
  }

  static read(input: ByteReader): TokenRates {
    const rates = new TokenRates();
    rates.#fast.read(input);
    rates.#slow.read(input);
    rates.#weigh();
    return rates;
  }
}
