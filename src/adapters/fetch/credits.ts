/** Keys whose bytes are remembered at most; the oldest go. */
const mostKeys = 10_000;

/**
 * Bytes that an origin sent for an object and no lease has counted yet: also those of tries that failed, and of flights
 * whose first asker left. Each byte is counted by one lease.
 */
export class Credits {
  readonly #bytes = new Map<string, number>();

  add(key: string, bytes: number): void {
    const before = this.#bytes.get(key) ?? 0;
    this.#bytes.delete(key);
    this.#bytes.set(key, before + bytes);
    const [oldest] = this.#bytes.size > mostKeys ? this.#bytes.keys() : [];
    if (oldest !== undefined) this.#bytes.delete(oldest);
  }

  take(key: string): number {
    const bytes = this.#bytes.get(key) ?? 0;
    this.#bytes.delete(key);
    return bytes;
  }
}
