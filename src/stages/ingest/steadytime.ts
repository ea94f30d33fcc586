/** The same bound as scoring's: a jump of more than ten minutes is not followed until later events confirm it. */
const jumpMs = 600_000;
const confirmations = 3;

/** The newest event time of a broadcast that single wild time stamps do not move. */
export class SteadyTime {
  private newestMs: number | undefined;
  private ahead: number[] = [];

  /** Returns whether the time was followed. */
  saw(atMs: number): boolean {
    if (this.newestMs === undefined || atMs <= this.newestMs + jumpMs) {
      this.newestMs = Math.max(this.newestMs ?? atMs, atMs);
      this.ahead = [];
      return true;
    }
    this.ahead = [...this.ahead.filter((other) => Math.abs(other - atMs) <= jumpMs), atMs];
    if (this.ahead.length < confirmations) return false;
    this.newestMs = Math.max(...this.ahead);
    this.ahead = [];
    return true;
  }

  /** Milliseconds since 1970-01-01 UTC; undefined before the first event. */
  get newest(): number | undefined {
    return this.newestMs;
  }
}
