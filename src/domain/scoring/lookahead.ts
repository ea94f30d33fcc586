import type { ByteReader, ByteWriter } from './bytes.ts';
import { type Candidate, readCandidate, writeCandidate } from './candidate.ts';
import { placeOf } from './features.ts';

/** How long a maximum waits for what follows it. */
const waitSec = 60;
const around = 15;
const clipsBefore = 20;
const length = 96;
/** Seconds without a clip request that stand in for a beginning without history. */
const priorSec = 300;

const aroundAt = placeOf('around_30');
const requestsAt = placeOf('clip_requests_80');

/** Counts of one kind in the last 96 seconds. */
class RecentCounts {
  readonly #ring: Int32Array;
  #at = 0;

  constructor(room: Int32Array) {
    this.#ring = room;
  }

  push(count: number): void {
    this.#at = (this.#at + 1) % length;
    this.#ring[this.#at] = count;
  }

  /** Sum from `from` to `to` seconds ago, both included. */
  sum(from: number, to: number): number {
    let sum = 0;
    for (let ago = to; ago <= Math.min(from, length - 1); ago += 1) {
      sum += this.#ring[(this.#at - ago + length) % length] ?? 0;
    }
    return sum;
  }

  write(out: ByteWriter): void {
    for (let ago = length - 1; ago >= 0; ago -= 1) out.uint(this.sum(ago, ago));
  }

  read(input: ByteReader): void {
    for (let i = 0; i < length; i += 1) this.push(input.uint());
  }
}

/**
 * Maxima of the score that wait for a minute, since viewers go on writing about a moment and ask for a clip of it after
 * it: `around_30` is ln(1 + messages from 15 s before a maximum to 15 s after it), `clip_requests_80` how far the clip
 * requests from 20 s before to 60 s after lie above the broadcast's own rate, on the scale of `Baseline.surprise`.
 */
export class Lookahead {
  readonly #messages: RecentCounts;
  readonly #clips: RecentCounts;
  #clipsSoFar = 0;
  #seconds = 0;
  #waiting: Candidate[] = [];

  constructor() {
    const room = new Int32Array(2 * length);
    this.#messages = new RecentCounts(room.subarray(0, length));
    this.#clips = new RecentCounts(room.subarray(length));
  }

  /** Closes a second with its messages that count, and the clip requests among them; returns the maxima whose minute is over, oldest first. */
  close(second: number, messages: number, clipRequests: number): readonly Candidate[] {
    this.#messages.push(messages);
    this.#clips.push(clipRequests);
    this.#clipsSoFar += clipRequests;
    this.#seconds += 1;
    return this.#release(second, second - waitSec);
  }

  wait(candidate: Candidate): void {
    this.#waiting.push(candidate);
  }

  /** The broadcast's last second is closed, or one after which nothing follows for long: no maximum waits any longer. */
  finish(second: number): readonly Candidate[] {
    return this.#release(second, Number.POSITIVE_INFINITY);
  }

  #release(second: number, until: number): readonly Candidate[] {
    if ((this.#waiting[0]?.second ?? Number.POSITIVE_INFINITY) > until) return [];
    const ready = this.#waiting.filter((candidate) => candidate.second <= until);
    this.#waiting = this.#waiting.filter((candidate) => candidate.second > until);
    for (const candidate of ready) this.#complete(candidate, second - candidate.second);
    return ready;
  }

  #complete({ vector }: Candidate, ago: number): void {
    vector[aroundAt] = Math.log1p(this.#messages.sum(ago + around, Math.max(0, ago - around)));
    const requests = this.#clips.sum(ago + clipsBefore, Math.max(0, ago - waitSec));
    const mean = (this.#clipsSoFar + 0.3) / (this.#seconds + priorSec);
    const expected = mean * (clipsBefore + 1 + waitSec);
    vector[requestsAt] = Math.asinh((requests - expected) / Math.sqrt(expected + 2));
  }

  write(out: ByteWriter): void {
    this.#messages.write(out);
    this.#clips.write(out);
    out.uint(this.#clipsSoFar);
    out.uint(this.#seconds);
    out.uint(this.#waiting.length);
    for (const candidate of this.#waiting) writeCandidate(out, candidate);
  }

  static read(input: ByteReader): Lookahead {
    const lookahead = new Lookahead();
    lookahead.#messages.read(input);
    lookahead.#clips.read(input);
    lookahead.#clipsSoFar = input.uint();
    lookahead.#seconds = input.uint();
    lookahead.#waiting = input.list(() => readCandidate(input));
    return lookahead;
  }
}
