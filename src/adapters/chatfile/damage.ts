import { keptRawBytes } from './limits.ts';

/** An element of a JSON array: its value, or why it is none. */
export interface Element {
  readonly value: unknown;
  readonly reason: string | undefined;
  /** All of it, or the first 64 KiB, and its whole length in bytes. */
  readonly raw: Buffer;
  readonly rawBytes: number;
  /** Where it begins, in bytes from the start of the (inflated) file. */
  readonly offset: number;
}

/** Collects elements; a damage stays open, so that what turns out to belong to it can be added and it counts once. */
export class ElementSink {
  #found: Element[] = [];
  #damage: Element | undefined;

  good(value: unknown, raw: Buffer, offset: number): void {
    this.#flush();
    this.#found.push({ value, reason: undefined, raw, rawBytes: raw.length, offset });
  }

  /** A damage of its own. `raw` is copied as far as it is kept. */
  bad(reason: string, raw: Buffer, offset: number, rawBytes = raw.length): void {
    this.#flush();
    this.#damage = { value: undefined, reason, raw: kept(raw), rawBytes, offset };
  }

  /** What goes on from the damage before it. */
  more(raw: Buffer): void {
    const before = this.#damage;
    if (before === undefined) return;
    const all = kept(Buffer.concat([before.raw, raw.subarray(0, keptRawBytes)]));
    this.#damage = { ...before, raw: all, rawBytes: before.rawBytes + raw.length };
  }

  /** Everything up to the last good element. */
  take(): readonly Element[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  takeAll(): readonly Element[] {
    this.#flush();
    return this.take();
  }

  #flush(): void {
    if (this.#damage !== undefined) this.#found.push(this.#damage);
    this.#damage = undefined;
  }
}

function kept(raw: Buffer): Buffer {
  return Buffer.from(raw.subarray(0, keptRawBytes));
}
