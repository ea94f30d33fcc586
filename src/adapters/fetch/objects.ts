/** A file of the cache. */
export interface CachedObject {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  /** Of these, the initialisation section in front; all of them where it is one itself. */
  readonly initBytes: number;
  usedAtMs: number;
}

const blockBytes = 4096;

/** Space that a file takes on the disk, in whole blocks. */
export function blocksOf(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** What is in the cache and what of it is pinned. A key can be pinned before its object is there. */
export class ObjectIndex {
  readonly #objects = new Map<string, CachedObject>();
  readonly #pins = new Map<string, number>();

  get(key: string): CachedObject | undefined {
    return this.#objects.get(key);
  }

  add(object: CachedObject): void {
    this.#objects.set(object.key, object);
  }

  remove(key: string): void {
    this.#objects.delete(key);
  }

  pin(key: string): void {
    this.#pins.set(key, (this.#pins.get(key) ?? 0) + 1);
  }

  unpin(key: string): void {
    const left = (this.#pins.get(key) ?? 0) - 1;
    if (left > 0) this.#pins.set(key, left);
    else this.#pins.delete(key);
  }

  isPinned(key: string): boolean {
    return this.#pins.has(key);
  }

  /** Bytes on the disk. */
  usedBytes(): number {
    let bytes = 0;
    for (const object of this.#objects.values()) bytes += blocksOf(object.bytes);
    return bytes;
  }

  /** Unpinned objects, least recently used first; initialisation sections, which many segments need, last. */
  evictable(): CachedObject[] {
    const isInit = (object: CachedObject) => Number(object.initBytes === object.bytes);
    return [...this.#objects.values()]
      .filter((object) => !this.#pins.has(object.key))
      .sort((a, b) => isInit(a) - isInit(b) || a.usedAtMs - b.usedAtMs);
  }
}
