/** So many bombs and givers are remembered; a bomb's single gifts follow it within seconds. */
const remembered = 1_000;

/**
 * Knows which single gifts belong to a gift bomb that was counted: by the id that they share or, in exports that keep
 * no ids, because the same giver still has gifts of a bomb to hand out.
 */
export class GiftBombs {
  readonly #ids = new Set<string>();
  readonly #left = new Map<string, number>();

  opened(giver: string, id: string, count: number): void {
    if (id === '') {
      this.#left.set(giver, (this.#left.get(giver) ?? 0) + count);
      forgetOldest(this.#left);
    } else {
      this.#ids.add(id);
      forgetOldest(this.#ids);
    }
  }

  /** `marked`: the gift itself says that it belongs to a bomb (it may come before the bomb's own notice). */
  includes(giver: string, id: string, marked: boolean): boolean {
    if (marked || (id !== '' && this.#ids.has(id))) return true;
    const left = this.#left.get(giver) ?? 0;
    if (left > 1) this.#left.set(giver, left - 1);
    else this.#left.delete(giver);
    return left > 0;
  }
}

function forgetOldest(kept: Set<string> | Map<string, number>): void {
  const [oldest] = kept.keys();
  if (kept.size > remembered && oldest !== undefined) kept.delete(oldest);
}
