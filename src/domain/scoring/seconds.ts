import type { ByteReader, ByteWriter } from './bytes.ts';

/** What is counted in a second of chat. */
export const counts = [
  'messages',
  'laugh',
  'hype',
  'react',
  'caps',
  'clip',
  'burst',
  'words',
  'victory',
  'blame',
  'banter',
  'address',
] as const;
export type Count = (typeof counts)[number];

const width = counts.length;
const length = 32;
/** State version 2 had the first eight. */
const earlierWidth = 8;

export const countIndex = (name: Count): number => counts.indexOf(name);

/** Counts of the last 32 seconds; a second that was never counted is zero. */
export class Seconds {
  readonly #ring = new Int32Array(length * width);
  #at = 0;

  /** Adds to the current second, or to one that lies `ago` seconds before it (0 to 31). */
  add(count: number, value: number, ago = 0): void {
    const index = ((this.#at - ago + length) % length) * width + count;
    this.#ring[index] = (this.#ring[index] ?? 0) + value;
  }

  /** Count of the second that lies `ago` seconds before the current one; `ago` is 0 to 31. */
  get(count: number, ago: number): number {
    return this.#ring[((this.#at - ago + length) % length) * width + count] ?? 0;
  }

  /** Begins the next second. */
  next(): void {
    this.#at = (this.#at + 1) % length;
    this.#ring.fill(0, this.#at * width, (this.#at + 1) * width);
  }

  write(out: ByteWriter): void {
    for (let ago = length - 1; ago >= 0; ago -= 1) for (let k = 0; k < width; k += 1) out.uint(this.get(k, ago));
  }

  static read(input: ByteReader): Seconds {
    const seconds = new Seconds();
    const given = input.version < 3 ? earlierWidth : width;
    for (let ago = length - 1; ago >= 0; ago -= 1) {
      seconds.next();
      for (let k = 0; k < given; k += 1) seconds.add(k, input.uint());
    }
    return seconds;
  }
}
