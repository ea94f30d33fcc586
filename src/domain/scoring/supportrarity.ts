import type { Support } from '../records.gen.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { hash32 } from './hash.ts';

const levels = 8;
const groups = 8;
const classes = groups * levels;
/** Supports that stand in for a beginning without history. */
const prior = 4;
/** Rarity of one support in bits, at most. */
const mostBits = 7;
/** Seconds over which support counts as new. */
const windowTau = 15;
const leavingShare = 1 - Math.exp(-1 / windowTau);
/** What a second's support keeps of its weight in the broadcast's own rate, a second later. */
const keep = Math.exp(-1 / 600);
/** The signal stays within 0 and this. */
const bound = 4;

/** A number's place on a logarithmic scale of eight levels, 0 to 7. */
const levelOf = (logarithm: number): number => Math.min(levels - 1, Math.max(0, Math.floor(logarithm)));

/**
 * Class of a support, 0 to 63: kind and currency as one of eight groups, then its size. Without money the size is its
 * count (a level each doubling); money counts by its currency's unit (a level each fourfold), since no rate of exchange
 * is known and none is needed: amounts are compared within their group only. Kinds that share a group by their hash are
 * taken as one.
 */
export function supportClass({ type, count, amountMicros, currency }: Support): number {
  const paid = amountMicros > 0;
  const group = (hash32(`${type} ${paid ? currency : ''}`) & (groups - 2)) | (paid ? 1 : 0);
  return group * levels + levelOf(paid ? Math.log2(1 + amountMicros / 1e6) / 2 : Math.log2(Math.max(1, count)));
}

/**
 * Subscriptions, gifts and payments, each weighed by how rare it is in this broadcast: 1 and the bits of surprise that
 * one of its kind is as large, at most 8. Of a kind that is all there is and always that large, a piece weighs 1. How
 * much money it is says nothing by itself: a first payment weighs as much as any; of a first gift bomb every doubling
 * is thought half as likely. The signal is how far what came within about 15 s exceeds the broadcast's own rate: 0 to 4,
 * exactly 0 while there was no support.
 */
export class SupportRarity {
  /** Null until the first support. */
  #seen: Uint32Array | null = null;
  #total = 0;
  #now = 0;
  #before = 0;
  #weight = 0;

  supported(supportClass: number): void {
    this.#seen ??= new Uint32Array(classes);
    this.#now += this.#rarity(this.#seen, supportClass);
    this.#seen[supportClass] = (this.#seen[supportClass] ?? 0) + 1;
    this.#total += 1;
  }

  #rarity(seen: Uint32Array, supportClass: number): number {
    const level = supportClass % levels;
    const end = supportClass - level + levels;
    let asLarge = 0;
    for (let i = supportClass; i < end; i += 1) asLarge += seen[i] ?? 0;
    const isPaid = Math.floor(supportClass / levels) % 2 === 1;
    const expected = isPaid ? prior : prior / 2 ** level;
    return 1 + Math.min(mostBits, Math.log2((this.#total + prior) / (asLarge + expected)));
  }

  /** Closes a second; its value. */
  close(): number {
    const expected = (this.#before / (this.#weight + 30)) * windowTau;
    const excess = Math.asinh((this.#now - expected) / Math.sqrt(expected + 1));
    const value = this.#now === 0 ? 0 : Math.min(bound, Math.max(0, excess));
    const leaving = this.#now * leavingShare;
    this.#now = this.#now - leaving < 1e-6 ? 0 : this.#now - leaving;
    this.#before = this.#before * keep + leaving;
    this.#weight = this.#weight * keep + 1;
    return value;
  }

  write(out: ByteWriter): void {
    for (let i = 0; i < classes; i += 1) out.uint(this.#seen?.[i] ?? 0);
    for (const value of [this.#now, this.#before, this.#weight]) out.f64(value);
  }

  static read(input: ByteReader): SupportRarity {
    const support = new SupportRarity();
    const seen = Uint32Array.from({ length: classes }, () => input.uint());
    support.#total = seen.reduce((sum, count) => sum + count, 0);
    if (support.#total > 0) support.#seen = seen;
    support.#now = input.f64();
    support.#before = input.f64();
    support.#weight = input.f64();
    return support;
  }
}
