import type { SegmentRange } from '../../../domain/records.gen.ts';
import { placeOf } from '../http/version.ts';

const mostKeys = 10_000;
const mostRenditions = 1_000;
/** Weight of the newest segment in the mean. */
const newest = 0.2;

/** What segments take, so that room for all of a lease can be reserved before any of it is fetched. */
export class Sizes {
  readonly #own = new Map<string, number>();
  readonly #means = new Map<string, number>();

  /** Bytes of a segment's object. */
  learn(key: string, range: SegmentRange, bytes: number): void {
    const name = renditionOf(range);
    const mean = this.#means.get(name) ?? bytes;
    // It is said when it begins to come, and again when it is there.
    if (this.#own.get(key) !== bytes) put(this.#means, name, mean + newest * (bytes - mean), mostRenditions);
    put(this.#own, key, bytes, mostKeys);
  }

  /** What a segment's object takes, or those like it; 0 where nothing is known. */
  of(key: string, range: SegmentRange): number {
    return this.#own.get(key) ?? range.byteLength ?? Math.ceil(this.#means.get(renditionOf(range)) ?? 0);
  }
}

/** Segments of one rendition are named alike but for numbers. */
function renditionOf({ uri }: SegmentRange): string {
  return placeOf(uri).replace(/\d+/g, '');
}

/** The oldest goes when there are too many. */
function put(map: Map<string, number>, key: string, value: number, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > most ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
