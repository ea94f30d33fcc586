import type { ByteReader, ByteWriter } from './bytes.ts';
import { jumpMs } from './limits.ts';

const mostSources = 32;

interface Source {
  atMs: number;
  idle: boolean;
}

/**
 * A broadcast's clock in event time: the latest time of each of its sources. Whoever calls it has already held back what
 * jumps ahead. Beyond 32 sources the further ones share a clock.
 */
export class EventClock {
  readonly #sources = new Map<string, Source>();
  /** The latest event time, or null before the first. */
  now: number | null = null;

  /** The broadcast's start. */
  start(atMs: number): void {
    this.now = Math.max(this.now ?? atMs, atMs);
  }

  #source(name: string, atMs: number): Source {
    const key = this.#sources.has(name) || this.#sources.size < mostSources ? name : '';
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const added = { atMs, idle: false };
    this.#sources.set(key, added);
    return added;
  }

  /** A source reported an event. */
  saw(name: string, atMs: number): void {
    const source = this.#source(name, atMs);
    source.atMs = Math.max(source.atMs, atMs);
    source.idle = false;
    this.now = Math.max(this.now ?? atMs, atMs);
  }

  /** A source is silent: nobody waits for it until its next event. A mark that jumps ahead takes no time with it. */
  fellIdle(name: string, atMs: number): void {
    const ahead = this.now !== null && atMs > this.now + jumpMs;
    const markMs = ahead ? (this.now ?? atMs) : atMs;
    const source = this.#source(name, markMs);
    source.idle = true;
    source.atMs = Math.max(source.atMs, markMs);
    if (this.now !== null) this.now = Math.max(this.now, markMs);
  }

  /** Time before which no source is expected to report: the least of those that report, or the latest mark when all are idle. */
  low(): number | null {
    let least: number | null = null;
    let latestIdle: number | null = null;
    for (const source of this.#sources.values()) {
      if (source.idle) latestIdle = Math.max(latestIdle ?? source.atMs, source.atMs);
      else least = Math.min(least ?? source.atMs, source.atMs);
    }
    return least ?? latestIdle;
  }

  write(out: ByteWriter): void {
    out.optional(this.now);
    out.uint(this.#sources.size);
    for (const [name, source] of this.#sources) {
      out.text(name);
      out.f64(source.atMs);
      out.flag(source.idle);
    }
  }

  static read(input: ByteReader): EventClock {
    const clock = new EventClock();
    clock.now = input.optional();
    for (let left = input.uint(); left > 0; left -= 1) {
      clock.#sources.set(input.text(), { atMs: input.f64(), idle: input.flag() });
    }
    return clock;
  }
}
