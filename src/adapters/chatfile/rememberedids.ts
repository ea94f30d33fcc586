/** Knows the newest ids that were given to it, up to a number of them. */
export class RememberedIds {
  readonly #ids = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(id: string): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > this.#most && oldest !== undefined) this.#ids.delete(oldest);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Forgets an id; says whether it was known. */
  take(id: string): boolean {
    return this.#ids.delete(id);
  }
}
