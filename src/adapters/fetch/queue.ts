/** Lets at most so many pieces of work run at once, the others in the order in which they came. */
export class WorkQueue {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(width: number) {
    this.#free = width;
  }

  /** Work may leave its place to the next before its end. */
  async run<T>(work: (leave: () => void) => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let hasLeft = false;
    const leave = (): void => {
      if (!hasLeft) this.#next();
      hasLeft = true;
    };
    try {
      return await work(leave);
    } finally {
      leave();
    }
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
