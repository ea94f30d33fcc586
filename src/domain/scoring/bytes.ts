import { CliptideError } from '../errors.ts';

/** Version of the layout in which scoring's state is written. */
export const layoutVersion = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes numbers and texts compactly: LEB128 for integers, little-endian IEEE 754 for the rest, length before UTF-8. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** A whole number from 0 to 2^53 - 1. */
  uint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number of either sign, up to 2^52. */
  int(value: number): void {
    this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  i32(value: number): void {
    this.#room(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
  }

  f32(value: number): void {
    this.#room(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A finite number or nothing. */
  optional(value: number | null): void {
    this.f64(value ?? Number.NaN);
  }

  flag(value: boolean): void {
    this.uint(value ? 1 : 0);
  }

  text(value: string): void {
    const bytes = encoder.encode(value);
    this.uint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes that were written before, a byte a character, without their length. */
  written(bytes: string): void {
    this.#room(bytes.length);
    for (let i = 0; i < bytes.length; i += 1) this.#bytes[this.#length++] = bytes.charCodeAt(i);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what `ByteWriter` wrote, in the same order. Throws `corrupt` when the bytes end early. */
export class ByteReader {
  /** Version of the layout, for parts that may have to read an older one. */
  readonly version: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array, version = layoutVersion) {
    this.version = version;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(count: number): number {
    const from = this.#at;
    if (from + count > this.#bytes.length) {
      throw new CliptideError('corrupt', 'The scoring state ends early', { where: `byte ${from}` });
    }
    this.#at += count;
    return from;
  }

  uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#view.getUint8(this.#take(1));
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  int(): number {
    const value = this.uint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  optional(): number | null {
    const value = this.f64();
    return Number.isNaN(value) ? null : value;
  }

  flag(): boolean {
    return this.uint() === 1;
  }

  text(): string {
    const length = this.uint();
    const from = this.#take(length);
    return decoder.decode(this.#bytes.subarray(from, from + length));
  }

  /** `count` values by `read`, where the count was written before them. */
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.uint() }, read);
  }
}
