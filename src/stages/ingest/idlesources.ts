import { SteadyTime } from './steadytime.ts';

/** A source that says nothing for this long, in event time, while others go on, is idle. */
const idleAfterMs = 5_000;
const checkEveryMs = 1_000;

/**
 * Finds sources that went silent while others went on, so that they leave the watermark by a recorded mark. Event time
 * only: the same input gives the same marks.
 */
export class IdleSources {
  readonly time = new SteadyTime();
  private readonly lastAtMs = new Map<string, number>();
  private readonly idle = new Set<string>();
  private checkedAtMs = Number.NEGATIVE_INFINITY;

  /** Takes an event's source and time; returns the sources that are idle from now on. */
  saw(source: string, atMs: number): readonly string[] {
    if (!this.time.saw(atMs)) return [];
    this.lastAtMs.set(source, Math.max(atMs, this.lastAtMs.get(source) ?? atMs));
    this.idle.delete(source);
    const newestMs = this.time.newest ?? atMs;
    if (this.lastAtMs.size === 1 || newestMs < this.checkedAtMs + checkEveryMs) return [];
    this.checkedAtMs = newestMs;
    return this.silentSince(newestMs - idleAfterMs);
  }

  /** All sources that are not idle yet: they become so because nothing was heard of any for some time. */
  allSilent(): readonly string[] {
    return this.silentSince(Number.POSITIVE_INFINITY);
  }

  /** A source said itself that it has nothing to say. */
  isSilent(source: string): void {
    this.idle.add(source);
  }

  /** Every source seen, idle or not. */
  all(): readonly string[] {
    return [...this.lastAtMs.keys()];
  }

  private silentSince(beforeMs: number): readonly string[] {
    const silent = [...this.lastAtMs].filter(([source, atMs]) => atMs < beforeMs && !this.idle.has(source));
    for (const [source] of silent) this.idle.add(source);
    return silent.map(([source]) => source);
  }
}
