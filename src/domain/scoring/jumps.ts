import { type LiveBodies, type LiveFields, liveEvent } from '../liveevent.ts';
import type { LiveEvent } from '../records.gen.ts';
import type { Arrival } from './arrival.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { userOf } from './event.ts';
import { jumpMs } from './limits.ts';

const confirmingUsers = 3;
const mostHeld = 64;
const mostHeldLength = 8192;

interface Held extends Arrival {
  /** The event as JSON without its empty fields. */
  readonly json: string;
}

const compact = (event: LiveEvent): string => JSON.stringify(event, (_key, value) => value ?? undefined);

function restored(json: string): LiveEvent {
  const event = JSON.parse(json) as LiveFields & Partial<LiveBodies>;
  return liveEvent(event, event);
}

/**
 * Events that lie more than ten minutes ahead of the clock wait here. Later ones of three users, at most ten minutes
 * after one that waits, confirm it: the clock may follow. At most 64 events, and 8,192 characters of them, wait; for a
 * further one the longest waiting are given up.
 */
export class JumpGuard {
  #held: Held[] = [];

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  has(eventId: string): boolean {
    return this.#held.some((held) => held.event.eventId === eventId);
  }

  /** Holds an event back; returns those given up for it. */
  hold(arrival: Arrival): Arrival[] {
    this.#held.push({ ...arrival, json: compact(arrival.event) });
    const givenUp: Arrival[] = [];
    let length = this.#held.reduce((sum, held) => sum + held.json.length, 0);
    while (this.#held.length > mostHeld || length > mostHeldLength) {
      const oldest = this.#held.shift();
      if (oldest === undefined) break;
      length -= oldest.json.length;
      givenUp.push(oldest);
    }
    return givenUp;
  }

  /** Takes out what a confirmed jump brings within reach, in the order in which it came; nothing if none is confirmed. */
  confirmed(): Arrival[] {
    const jump = this.#held.find((held, place) => this.#isConfirmed(held, place));
    if (jump === undefined) return [];
    let clock = jump.event.atMs;
    for (let before = -1; before !== clock; ) {
      before = clock;
      for (const held of this.#held) if (held.event.atMs <= before + jumpMs) clock = Math.max(clock, held.event.atMs);
    }
    const within = (held: Held): boolean => held.event.atMs <= clock;
    const released = this.#held.filter(within);
    this.#held = this.#held.filter((held) => !within(held));
    return released;
  }

  #isConfirmed(jump: Held, place: number): boolean {
    const users = new Set<string>();
    for (const later of this.#held.slice(place + 1)) {
      const distance = later.event.atMs - jump.event.atMs;
      const user = userOf(later.event);
      if (distance >= 0 && distance <= jumpMs && user) users.add(user);
    }
    return users.size >= confirmingUsers;
  }

  /** Gives up whatever waits, at the broadcast's end. */
  drain(): Arrival[] {
    const all = this.#held;
    this.#held = [];
    return all;
  }

  write(out: ByteWriter): void {
    out.uint(this.#held.length);
    for (const held of this.#held) {
      out.uint(held.partition);
      out.uint(held.offset);
      out.text(held.json);
    }
  }

  static read(input: ByteReader): JumpGuard {
    const guard = new JumpGuard();
    guard.#held = input.list(() => {
      const partition = input.uint();
      const offset = input.uint();
      const json = input.text();
      return { partition, offset, json, event: restored(json) };
    });
    return guard;
  }
}
