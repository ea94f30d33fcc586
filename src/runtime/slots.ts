/** A bounded number of places for work in flight, given in the order of asking. */
export class Slots {
  readonly size: number;
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(size: number) {
    this.size = size;
    this.free = size;
  }

  get taken(): number {
    return this.size - this.free;
  }

  /** Resolves with a function that gives the place back, or with undefined when the signal aborts first. */
  async take(signal: AbortSignal): Promise<(() => void) | undefined> {
    while (this.free === 0 && !signal.aborted) await this.turn(signal);
    if (signal.aborted) return undefined;
    this.free -= 1;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.free += 1;
      this.waiting.shift()?.();
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
