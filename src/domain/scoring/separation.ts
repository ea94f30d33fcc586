import type { ByteReader, ByteWriter } from './bytes.ts';
import { better, type Candidate, readCandidate } from './candidate.ts';
import { type PackedCandidate, pack, unpack } from './packed.ts';

const apartSec = 120;
const keep = 50;
const settleAt = 24;
/** More than these cannot be open but in a chain of ever higher maxima that lasts for many minutes. */
const mostOpen = 48;

type Fate = 'chosen' | 'beaten' | 'open';

/**
 * The best candidates at least 120 s apart, as a greedy choice over the whole broadcast gives them (best first, each
 * takes out those within 120 s), in bounded memory. A candidate's fate is settled as soon as nothing that is still to
 * come can change it: it depends on higher neighbours only, and theirs on higher ones again. If ever more than 48 wait
 * for a fate, the lowest is given up.
 */
export class Separation {
  #chosen: PackedCandidate[] = [];
  #open: PackedCandidate[] = [];

  add(candidate: Candidate): void {
    if (this.#isBeyondLast(candidate)) return;
    this.#open.push(pack(candidate));
    if (this.#open.length < settleAt) return;
    this.#settle(candidate.second - apartSec);
    if (this.#open.length > mostOpen) {
      this.#open.sort(better).pop();
      this.#open.sort((a, b) => a.second - b.second);
    }
  }

  /** Fifty are chosen already and all are better; what it could take out is worse still. */
  #isBeyondLast(candidate: Candidate | PackedCandidate): boolean {
    const last = this.#chosen[keep - 1];
    return last !== undefined && better(last, candidate) < 0;
  }

  /** Settles what lies at or before `until`; what follows can still be beaten by what is to come. */
  #settle(until: number): void {
    const chosen = new Set(this.#chosen);
    const fates = new Map<PackedCandidate, Fate>();
    const ordered = [...this.#chosen, ...this.#open].sort(better);
    ordered.forEach((candidate, place) => {
      const higher = ordered.slice(0, place).filter((other) => Math.abs(other.second - candidate.second) < apartSec);
      const isOpen = candidate.second > until || higher.some((other) => fates.get(other) === 'open');
      const isBeaten = higher.some((other) => fates.get(other) === 'chosen');
      fates.set(candidate, chosen.has(candidate) ? 'chosen' : isBeaten ? 'beaten' : isOpen ? 'open' : 'chosen');
    });
    this.#chosen = ordered.filter((candidate) => fates.get(candidate) === 'chosen').slice(0, keep);
    this.#open = ordered.filter((candidate) => fates.get(candidate) === 'open' && !this.#isBeyondLast(candidate));
    this.#open.sort((a, b) => a.second - b.second);
  }

  /** The ranking, best first, as if nothing followed. */
  finish(): readonly Candidate[] {
    this.#settle(Number.POSITIVE_INFINITY);
    return this.#chosen.map(unpack);
  }

  write(out: ByteWriter): void {
    for (const list of [this.#chosen, this.#open]) {
      out.uint(list.length);
      for (const { written } of list) out.written(written);
    }
  }

  static read(input: ByteReader): Separation {
    const separation = new Separation();
    separation.#chosen = input.list(() => pack(readCandidate(input)));
    separation.#open = input.list(() => pack(readCandidate(input)));
    return separation;
  }
}
