import type { Assignment } from '../../ports/eventlog.ts';
import { balance } from './balance.ts';

export type AssignmentListener = (assignment: Assignment) => void;

interface Ownership {
  readonly owner: AssignmentListener;
  readonly lost: AbortController;
}

/** The members of one consumer group in this process, and which of them owns which partition. */
export class Group {
  readonly topics: readonly string[];
  readonly #partitions: number;
  readonly #assign: (partition: number, lost: AbortSignal) => Assignment;
  readonly #owned = new Map<number, Ownership>();
  #members: readonly AssignmentListener[] = [];

  constructor(
    topics: readonly string[],
    partitions: number,
    assign: (partition: number, lost: AbortSignal) => Assignment,
  ) {
    this.topics = topics;
    this.#partitions = partitions;
    this.#assign = assign;
  }

  join(member: AssignmentListener): void {
    this.#members = [...this.#members, member];
    this.#rebalance();
  }

  leave(member: AssignmentListener): void {
    this.#members = this.#members.filter((other) => other !== member);
    this.#rebalance();
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** The old owner of a partition has lost it before the new one hears of it. */
  #rebalance(): void {
    const before = new Map([...this.#owned].map(([partition, { owner }]) => [partition, owner]));
    const after = balance(this.#partitions, this.#members, before);
    const given: [number, Ownership][] = [];
    for (let partition = 0; partition < this.#partitions; partition++) {
      const owner = after.get(partition);
      const held = this.#owned.get(partition);
      if (held?.owner === owner) continue;
      this.#owned.delete(partition);
      if (owner !== undefined) {
        const ownership = { owner, lost: new AbortController() };
        this.#owned.set(partition, ownership);
        given.push([partition, ownership]);
      }
      held?.lost.abort();
    }
    for (const [partition, { owner, lost }] of given) {
      // A listener may have made members join or leave meanwhile.
      if (!lost.signal.aborted) owner(this.#assign(partition, lost.signal));
    }
  }
}
