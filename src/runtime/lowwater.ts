/**
 * Offsets of tasks in flight on one partition. Tasks finish in any order; only what lies below the first unfinished one
 * may be committed.
 */
export class LowWater {
  private readonly unfinished = new Set<number>();
  private next: number;

  constructor(next: number) {
    this.next = next;
  }

  begin(offset: number): void {
    this.unfinished.add(offset);
    this.next = offset + 1;
  }

  finish(offset: number): void {
    this.unfinished.delete(offset);
  }

  get inFlight(): number {
    return this.unfinished.size;
  }

  /** The offset to commit: everything below it is finished. */
  get mark(): number {
    // A set iterates in the order of insertion, which is offset order.
    const first = this.unfinished.values().next();
    return first.done ? this.next : first.value;
  }
}
