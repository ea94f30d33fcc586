/** Waits before a source that failed is tried again: longer and longer. Looking is cheap, so never long. */
const firstMs = 1_000;
const longestMs = 30_000;

export class Backoff {
  private waitMs = firstMs;

  /** Milliseconds to wait. */
  next(): number {
    const waitMs = this.waitMs;
    this.waitMs = Math.min(waitMs * 2, longestMs);
    return waitMs;
  }
}
