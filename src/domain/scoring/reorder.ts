import type { ByteReader, ByteWriter } from './bytes.ts';
import { type ScoredEvent, type ScoredKind, scoredKinds } from './event.ts';
import { mostWaiting, mostWaitingLength } from './limits.ts';

/** Deletions come after what else happened at their time, which they may take back: some exports give them no time of their own. */
function isBefore(a: ScoredEvent, b: ScoredEvent): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  const deletes = a.kind === 'deletion';
  return deletes === (b.kind === 'deletion') ? a.id < b.id : !deletes;
}

/** So many events that were taken out keep their places, and of more no more than there are others: each is moved once at most. */
const mostTaken = 16;

const isSaid = (kind: ScoredKind): boolean => kind === 'chat' || kind === 'clip';
const hasUser = (kind: ScoredKind): boolean => isSaid(kind) || kind === 'support' || kind === 'deletion';

/** Events that wait for the watermark, in the order of (event time, deletions last, hash of the event id). */
export class ReorderBuffer {
  #events: ScoredEvent[] = [];
  #head = 0;
  #length = 0;

  get size(): number {
    return this.#events.length - this.#head;
  }

  get isOverfull(): boolean {
    return this.size > mostWaiting || this.#length > mostWaitingLength;
  }

  /** Puts an event in its place; nearly always the last, or close to it. */
  insert(event: ScoredEvent): void {
    this.#length += event.text.length;
    const last = this.#events.at(-1);
    if (last === undefined || this.size === 0 || isBefore(last, event)) {
      this.#events.push(event);
      return;
    }
    let low = this.#head;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#events[middle];
      if (there !== undefined && isBefore(there, event)) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }

  /** Takes out the first event if its time is before the given one. */
  takeBefore(atMs: number): ScoredEvent | undefined {
    const first = this.#events[this.#head];
    if (first === undefined || first.atMs >= atMs) return undefined;
    this.#length -= first.text.length;
    this.#head += 1;
    if (this.#head >= mostTaken && this.#head * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  ids(): number[] {
    return this.#events.slice(this.#head).map((event) => event.id);
  }

  write(out: ByteWriter): void {
    out.uint(this.size);
    let before = 0;
    for (const event of this.#events.slice(this.#head)) {
      out.uint(event.atMs - before);
      before = event.atMs;
      out.uint(scoredKinds.indexOf(event.kind) * 2 + (event.flag ? 1 : 0));
      out.uint(event.id);
      if (hasUser(event.kind)) out.i32(event.user);
      if (isSaid(event.kind)) out.text(event.text);
      else out.f64(event.amount);
    }
  }

  static read(input: ByteReader): ReorderBuffer {
    const buffer = new ReorderBuffer();
    let atMs = 0;
    buffer.#events = input.list(() => {
      atMs += input.uint();
      const code = input.uint();
      const kind: ScoredKind = scoredKinds[Math.floor(code / 2)] ?? 'chat';
      const id = input.uint();
      const user = kind === 'chat' || (input.version >= 4 && hasUser(kind)) ? input.i32() : 0;
      const text = isSaid(kind) ? input.text() : '';
      return { atMs, id, kind, user, text, flag: code % 2 === 1, amount: isSaid(kind) ? 0 : input.f64() };
    });
    buffer.#length = buffer.#events.reduce((sum, event) => sum + event.text.length, 0);
    return buffer;
  }
}
