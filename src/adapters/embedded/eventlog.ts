import { Observable } from 'rxjs';
import { CliptideError } from '../../domain/errors.ts';
import { partitionOfKey } from '../../domain/murmur2.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AppendRecord,
  Bounds,
  Committed,
  Consumer,
  ConsumerSpec,
  EventLog,
  LogRecord,
  TopicDeclaration,
  TopicPartition,
} from '../../ports/eventlog.ts';
import { EmbeddedAssignment } from './assignment.ts';
import { Catalog } from './catalog.ts';
import { openCommits } from './commits.ts';
import { copyDatabase } from './copy.ts';
import { Group } from './group.ts';
import type { Partition } from './partition.ts';
import { removeBelow } from './retention.ts';
import type { EmbeddedStore } from './store.ts';
import { type SweepReport, Upkeep } from './upkeep.ts';
import { Wakeups } from './wakeups.ts';

export interface EventLogOptions {
  /** Stays its owner's to close, after the log. */
  readonly store: EmbeddedStore;
  /** Gives the append times and the waiting of polls. */
  readonly clock: Clock;
  /** Data above this is removed, oldest first; topics that are compacted stay whole. No bound unless given. */
  readonly maxBytes?: number;
}

/** The event log in one SQLite file, for the consumers of one process. */
export class EmbeddedEventLog implements EventLog {
  readonly #store: EmbeddedStore;
  readonly #clock: Clock;
  readonly #catalog: Catalog;
  readonly #commits: ReturnType<typeof openCommits>;
  readonly #wakeups: Wakeups;
  readonly #groups = new Map<string, Group>();
  readonly #consumers = new Set<Consumer>();
  readonly #upkeep: Upkeep;
  #closed = false;

  constructor({ store, clock, maxBytes }: EventLogOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#catalog = new Catalog(store);
    this.#commits = openCommits(store);
    this.#wakeups = new Wakeups(clock);
    this.#upkeep = new Upkeep({ store, catalog: this.#catalog, clock, maxBytes: maxBytes ?? Number.POSITIVE_INFINITY });
  }

  async declare(topics: readonly TopicDeclaration[]): Promise<void> {
    this.#mustBeOpen();
    this.#catalog.declare(topics);
  }

  partitions(topic: string): number {
    return this.#catalog.topic(topic).partitions.length;
  }

  /** Topics are never deleted one by one here. */
  topicId(): undefined {
    return undefined;
  }

  partitionOf(topic: string, key: string): number {
    return partitionOfKey(key, this.partitions(topic));
  }

  async append(records: readonly AppendRecord[]): Promise<readonly number[]> {
    this.#mustBeOpen();
    const targets = records.map((record) => this.#target(record));
    const touched = new Set(targets);
    // Whoever appends waits while the log is cleaned, so that it cannot outgrow the cleaning.
    if (this.#upkeep.isDue) await this.#upkeep.run();
    const nowMs = this.#clock.now();
    try {
      const offsets = this.#store.transaction(() =>
        records.map((record, index) => (targets[index] as Partition).append(record, nowMs)),
      );
      for (const partition of touched) this.#wakeups.wake(partition);
      this.#upkeep.appended(records, touched);
      return offsets;
    } catch (error) {
      for (const partition of touched) partition.reload();
      throw error;
    }
  }

  async bounds(topic: string, partition: number): Promise<Bounds> {
    const { start, next } = this.#catalog.partition(topic, partition);
    return { start, end: next };
  }

  async boundsOf(places: readonly TopicPartition[]): Promise<readonly Bounds[]> {
    return Promise.all(places.map(({ topic, partition }) => this.bounds(topic, partition)));
  }

  async committedBy(group: string, topics: readonly string[]): Promise<Committed> {
    this.#mustBeOpen();
    const commits = this.#commits.all(group);
    return new Map(
      topics.map((topic) => {
        const own = commits.filter((commit) => commit.topic === topic);
        const nextOf = (partition: number) => own.find((commit) => commit.partition === partition)?.next ?? null;
        return [topic, Array.from({ length: this.partitions(topic) }, (_, partition) => nextOf(partition))];
      }),
    );
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    this.#mustBeOpen();
    return this.#catalog.partition(topic, partition).offsetAt(timeMs);
  }

  async read(topic: string, partition: number, from: number, maxRecords: number): Promise<readonly LogRecord[]> {
    this.#mustBeOpen();
    return this.#catalog.partition(topic, partition).read(from, maxRecords);
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    this.#mustBeOpen();
    await removeBelow(this.#catalog.partition(topic, partition), before);
  }

  consumer(spec: ConsumerSpec): Consumer {
    this.#mustBeOpen();
    const leaving = new AbortController();
    let hasJoined = false;
    const consumer: Consumer = {
      get hasJoined() {
        return hasJoined;
      },
      assignments: new Observable((subscriber) => {
        const group = this.#group(spec);
        const member = subscriber.next.bind(subscriber);
        const stop = (): void => subscriber.complete();
        leaving.signal.addEventListener('abort', stop);
        subscriber.add(() => {
          leaving.signal.removeEventListener('abort', stop);
          hasJoined = false;
          group.leave(member);
          if (group.isEmpty) this.#groups.delete(spec.group);
        });
        if (leaving.signal.aborted) {
          stop();
          return;
        }
        hasJoined = true;
        group.join(member);
      }),
      stop: async () => {
        leaving.abort();
        this.#consumers.delete(consumer);
      },
    };
    this.#consumers.add(consumer);
    return consumer;
  }

  /**
   * Removes what retention lets go, compacts every compacted topic and gives free space back to the disk. The owner calls
   * it from time to time; what must not wait that long happens during appends.
   */
  async sweep(nowMs: number): Promise<SweepReport> {
    this.#mustBeOpen();
    return this.#upkeep.sweep(nowMs);
  }

  /**
   * Copies the file, consistent as of the end of the copying, while it is appended to and read. The new file must not
   * exist. Rejects with `space` where it does not fit, with `unavailable` where it could not begin between two appends.
   */
  async copyTo(path: string): Promise<void> {
    this.#mustBeOpen();
    await copyDatabase(this.#store.db, path, this.#clock);
  }

  /** Stops its consumers; what they still hold is lost to them. */
  async close(): Promise<void> {
    for (const consumer of [...this.#consumers]) await consumer.stop();
    this.#closed = true;
  }

  #target({ topic, key, partition }: AppendRecord): Partition {
    return this.#catalog.partition(topic, partition ?? this.partitionOf(topic, key));
  }

  #group({ group: name, topics }: ConsumerSpec): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) {
      if (known.topics.join() === topics.join()) return known;
      throw new CliptideError('internal', `members of group ${name} do not consume the same topics`);
    }
    const counts = new Set(topics.map((topic) => this.partitions(topic)));
    const [partitions] = counts;
    if (partitions === undefined || counts.size > 1) {
      throw new CliptideError('config', `the topics of group ${name} do not have the same number of partitions`, {
        where: topics.map((topic) => `${topic}: ${this.partitions(topic)}`).join(', '),
        hint: 'give all of them the same number',
      });
    }
    const group = new Group(topics, partitions, (partition, lost) => this.#assign(name, topics, partition, lost));
    this.#groups.set(name, group);
    return group;
  }

  #assign(group: string, topics: readonly string[], partition: number, lost: AbortSignal): EmbeddedAssignment {
    const inputs = topics.map((topic) => this.#catalog.partition(topic, partition));
    const parts = { commits: this.#commits, wakeups: this.#wakeups };
    return new EmbeddedAssignment({ group, partition, lost, inputs, ...parts });
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new CliptideError('aborted', 'the event log is closed', { where: this.#store.path });
  }
}
