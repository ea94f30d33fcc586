import type { Kafka, Logger as KafkaLogger } from 'kafkajs';
import { Observable, type Subscriber } from 'rxjs';
import { CliptideError } from '../../domain/errors.ts';
import type { Assignment, Consumer, ConsumerSpec, Offsets } from '../../ports/eventlog.ts';
import type { Logger } from '../../ports/logger.ts';
import { coPartitionAssigner } from './assigner.ts';
import { type AssignmentParts, KafkaAssignment, type Membered } from './assignment.ts';
import { requestRetry } from './client.ts';
import { ofCommit, toCommit } from './commits.ts';
import { isExpelled, isRebalance, kafkaFailure } from './failures.ts';
import { Feed } from './feed.ts';
import { createCluster, createGroup, type KafkaCluster, type KafkaGroup } from './internals.ts';
import { Membership, rebalanceTimeoutMs } from './membership.ts';
import type { Names } from './names.ts';
import { Pump } from './pump.ts';
import type { Reader } from './reader.ts';
import type { Topics } from './topics.ts';

export interface ConsumerParts {
  readonly kafka: Kafka;
  readonly names: Names;
  readonly topics: Topics;
  readonly reader: Reader;
  readonly nodeId: string;
  /** How long the group waits for a member that says nothing, in milliseconds. */
  readonly sessionMs: number;
  readonly logger: Logger;
}

interface Owned {
  readonly assignment: KafkaAssignment;
  readonly feeds: readonly Feed[];
  readonly lost: AbortController;
}

/** How long a rebalance waits for work that is under way, in milliseconds. */
const quiesceMs = 2_000;

/** One member of a consumer group. */
export class KafkaConsumer implements Consumer, Membered {
  readonly assignments: Observable<Assignment>;
  readonly group: string;
  readonly #spec: ConsumerSpec;
  readonly #parts: ConsumerParts;
  readonly #cluster: KafkaCluster;
  readonly #groupMember: KafkaGroup;
  readonly #membership: Membership;
  readonly #pump: Pump;
  readonly #owned = new Map<number, Owned>();
  readonly #partitions: number;
  #subscriber: Subscriber<Assignment> | undefined;
  #stopped: Promise<void> | undefined;
  #hasJoined = false;
  #settled: Promise<void> = Promise.resolve();
  #settle: () => void = () => undefined;

  constructor(spec: ConsumerSpec, parts: ConsumerParts) {
    this.#spec = spec;
    this.#parts = parts;
    this.group = spec.group;
    this.#partitions = parts.topics.get(spec.topics[0] ?? '').partitions;
    this.#cluster = createCluster(parts.kafka);
    this.#groupMember = this.#createGroup();
    this.#pump = new Pump({ ...parts, cluster: this.#cluster });
    this.#membership = new Membership({
      group: this.#groupMember,
      cluster: this.#cluster,
      topics: spec.topics.map((topic) => parts.names.wire(topic)),
      logger: parts.logger,
      sessionMs: parts.sessionMs,
      quiesce: () => this.#quiesce(),
      assigned: (partitions, generation) => this.#assign(partitions, generation),
      expelled: () => {
        this.#hasJoined = false;
        this.#loseAll();
      },
    });
    this.assignments = new Observable((subscriber) => {
      this.#start(subscriber);
      return () => void this.stop();
    });
  }

  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  settled(): Promise<void> {
    return this.#settled;
  }

  async committed(topics: readonly string[], partition: number): Promise<Offsets> {
    const { names } = this.#parts;
    const groupId = names.wire(this.group);
    const wanted = topics.map((topic) => ({ topic: names.wire(topic), partitions: [{ partition }] }));
    const { responses } = await this.#withCoordinator((coordinator) =>
      coordinator.offsetFetch({ groupId, topics: wanted }),
    );
    return ofCommit(responses, names, this.#parts.topics);
  }

  async commit(partition: number, offsets: Offsets, lost: AbortSignal): Promise<void> {
    const { names } = this.#parts;
    const topics = toCommit(offsets, partition, names, this.#parts.topics);
    if (topics.length === 0) return;
    await this.#withCoordinator((coordinator) => {
      if (lost.aborted) throw fenced(this.group, partition);
      const { generationId, memberId } = this.#groupMember;
      return coordinator.offsetCommit({
        groupId: names.wire(this.group),
        groupGenerationId: generationId ?? -1,
        memberId: memberId ?? '',
        topics,
      });
    }, lost);
  }

  #createGroup(): KafkaGroup {
    const { kafka, names, nodeId, sessionMs } = this.#parts;
    const partitions = this.#partitions;
    const assigner = coPartitionAssigner({ nodeId, partitions, owned: () => [...this.#owned.keys()] });
    return createGroup({
      cluster: this.#cluster,
      groupId: names.wire(this.#spec.group),
      topics: this.#spec.topics.map((topic) => names.wire(topic)),
      topicConfigurations: {},
      logger: kafka.logger() as KafkaLogger,
      instrumentationEmitter: { emit: () => undefined },
      assigners: [assigner],
      sessionTimeout: sessionMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      retry: requestRetry,
      autoCommit: false,
    });
  }

  #start(subscriber: Subscriber<Assignment>): void {
    this.#subscriber = subscriber;
    const counts = this.#spec.topics.map((topic) => [topic, this.#parts.topics.get(topic).partitions] as const);
    if (counts.some(([, count]) => count !== this.#partitions)) {
      subscriber.error(
        new CliptideError('config', `the topics of group ${this.group} do not have the same number of partitions`, {
          where: counts.map(([topic, count]) => `${topic}: ${count}`).join(', '),
          hint: 'give all of them the same number',
        }),
      );
      return;
    }
    if (this.#stopped !== undefined) {
      subscriber.complete();
      return;
    }
    this.#membership.run().catch((error: unknown) => {
      this.#loseAll();
      subscriber.error(kafkaFailure(error, `group ${this.group}`));
    });
  }

  async #stop(): Promise<void> {
    this.#hasJoined = false;
    this.#loseAll();
    this.#settle();
    await Promise.all([this.#pump.close(), this.#membership.stop()]);
    // Last: a fetch that is under way would connect again, and then nobody would close that connection.
    await this.#cluster.disconnect().catch(() => undefined);
    this.#subscriber?.complete();
  }

  /** Holds back further records, and waits until nobody is at work on earlier ones. */
  async #quiesce(): Promise<void> {
    this.#settle();
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const idle = Promise.all([...this.#owned.values()].map(({ assignment }) => assignment.idle()));
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, quiesceMs);
    });
    await Promise.race([idle, enough]);
    clearTimeout(timer);
  }

  /** What was lost is lost before the new owner hears of what it was given; what was kept goes on. */
  #assign(partitions: readonly number[], generation: number): void {
    for (const partition of [...this.#owned.keys()]) {
      if (!partitions.includes(partition)) this.#lose(partition);
    }
    this.#hasJoined = true;
    this.#settle();
    for (const partition of partitions) {
      if (this.#owned.has(partition) || this.#stopped !== undefined) continue;
      const owned = this.#own(partition, generation);
      this.#owned.set(partition, owned);
      this.#subscriber?.next(owned.assignment);
    }
  }

  #own(partition: number, epoch: number): Owned {
    const { names, topics, reader } = this.#parts;
    const feeds = this.#spec.topics.map((topic) => {
      const compacted = topics.get(topic).cleanup === 'compact';
      return new Feed({ topic, wire: names.wire(topic), topicId: topics.id(topic), partition, compacted });
    });
    const lost = new AbortController();
    const parts: AssignmentParts = {
      partition,
      epoch,
      lost: lost.signal,
      feeds,
      pump: this.#pump,
      reader,
      member: this,
    };
    this.#pump.add(feeds);
    return { assignment: new KafkaAssignment(parts), feeds, lost };
  }

  #lose(partition: number): void {
    const owned = this.#owned.get(partition);
    if (owned === undefined) return;
    this.#owned.delete(partition);
    this.#pump.remove(owned.feeds);
    owned.lost.abort();
  }

  #loseAll(): void {
    for (const partition of [...this.#owned.keys()]) this.#lose(partition);
  }

  /** Asks the coordinator; waits out a rebalance or a restart of it, as long as the partition is ours. */
  async #withCoordinator<R>(
    step: (coordinator: NonNullable<KafkaGroup['coordinator']>) => Promise<R>,
    lost?: AbortSignal,
  ): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      const { coordinator } = this.#groupMember;
      try {
        if (coordinator === null) throw new CliptideError('unavailable', 'the group has no coordinator yet');
        return await step(coordinator);
      } catch (error) {
        if (isExpelled(error) && lost !== undefined) throw fenced(this.group, undefined);
        const failure = kafkaFailure(error, `group ${this.group}`);
        if (failure.code !== 'unavailable' || (attempt >= 20 && !isRebalance(error))) throw failure;
        await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, 50 * attempt)));
        await this.#settled;
      }
    }
  }
}

function fenced(group: string, partition: number | undefined): CliptideError {
  const what = partition === undefined ? 'this partition' : `partition ${partition}`;
  return new CliptideError('fenced', `${what} is no longer this member's`, { where: `group ${group}` });
}
