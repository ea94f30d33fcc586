import type { Admin, Kafka } from 'kafkajs';
import { CliptideError } from '../../domain/errors.ts';
import { partitionOfKey } from '../../domain/murmur2.ts';
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
import type { Logger } from '../../ports/logger.ts';
import { Appender } from './appender.ts';
import { type KafkaConnection, openKafka } from './client.ts';
import { KafkaConsumer } from './consumer.ts';
import { whileUnknown } from './creation.ts';
import { kafkaFailure } from './failures.ts';
import { boundsOf, committedBy } from './groupoffsets.ts';
import { createCluster, type KafkaCluster } from './internals.ts';
import { sessionTimeoutMs } from './membership.ts';
import { Names } from './names.ts';
import { Reader } from './reader.ts';
import { Topics } from './topics.ts';

/** How long a broker may take to hear of a new topic's leader, in milliseconds. */
const spreadMs = 5_000;

export interface KafkaLogOptions {
  readonly connection: KafkaConnection;
  /** Stands before every name of a topic and a group. */
  readonly prefix: string;
  /** Partitions go to the same node in every group. */
  readonly nodeId: string;
  /** Whether missing topics are created; a running stage only checks that they are there. */
  readonly mayCreateTopics: boolean;
  /** Kafka's settings of compacted topics that it creates, besides our own. */
  readonly compactedTopics?: Readonly<Record<string, string>>;
  /** How long a group waits for a member that says nothing, in milliseconds; ten seconds unless given. */
  readonly sessionMs?: number;
  readonly logger: Logger;
}

/** The event log in Kafka. Offsets, groups and retention are Kafka's own. */
export class KafkaEventLog implements EventLog {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #cluster: KafkaCluster;
  readonly #names: Names;
  readonly #topics: Topics;
  readonly #reader: Reader;
  readonly #appender: Appender;
  readonly #options: KafkaLogOptions;
  readonly #consumers = new Set<KafkaConsumer>();
  #closed = false;

  private constructor(options: KafkaLogOptions) {
    this.#options = options;
    this.#kafka = openKafka(options.connection, options.logger);
    this.#names = new Names(options.prefix);
    this.#admin = this.#kafka.admin();
    this.#cluster = createCluster(this.#kafka);
    const parts = { names: this.#names, admin: this.#admin, cluster: this.#cluster };
    const compacted = options.compactedTopics ?? {};
    this.#topics = new Topics({ ...parts, mayCreate: options.mayCreateTopics, compacted });
    this.#reader = new Reader(this.#cluster, this.#names, this.#topics);
    this.#appender = new Appender(this.#kafka, this.#names);
  }

  /** Rejects with `unavailable` when no broker answers, with `forbidden` when it refuses us. */
  static async open(options: KafkaLogOptions): Promise<KafkaEventLog> {
    const log = new KafkaEventLog(options);
    try {
      await Promise.all([log.#admin.connect(), log.#cluster.connect()]);
      return log;
    } catch (error) {
      await log.close();
      throw kafkaFailure(error, options.connection.brokers.join(', '));
    }
  }

  async declare(topics: readonly TopicDeclaration[]): Promise<void> {
    this.#mustBeOpen();
    await this.#topics.declare(topics);
  }

  partitions(topic: string): number {
    return this.#topics.get(topic).partitions;
  }

  topicId(topic: string): string | undefined {
    return this.#topics.id(topic);
  }

  partitionOf(topic: string, key: string): number {
    return partitionOfKey(key, this.partitions(topic));
  }

  async append(records: readonly AppendRecord[]): Promise<readonly number[]> {
    this.#mustBeOpen();
    const placed = records.map((record) => {
      const partition = record.partition ?? this.partitionOf(record.topic, record.key);
      this.#topics.mustHave(record.topic, partition);
      return { record, partition };
    });
    return placed.length === 0 ? [] : this.#appender.append(placed);
  }

  async bounds(topic: string, partition: number): Promise<Bounds> {
    this.#topics.mustHave(topic, partition);
    return this.#reader.bounds(topic, partition);
  }

  async boundsOf(places: readonly TopicPartition[]): Promise<readonly Bounds[]> {
    for (const { topic, partition } of places) this.#topics.mustHave(topic, partition);
    return boundsOf(this.#cluster, this.#names, places);
  }

  async committedBy(group: string, topics: readonly string[]): Promise<Committed> {
    const counts = new Map(topics.map((topic) => [topic, this.partitions(topic)]));
    return committedBy(this.#cluster, this.#names, group, counts);
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    this.#topics.mustHave(topic, partition);
    return this.#reader.offsetAt(topic, partition, timeMs);
  }

  async read(topic: string, partition: number, from: number, maxRecords: number): Promise<readonly LogRecord[]> {
    this.#mustBeOpen();
    this.#topics.mustHave(topic, partition);
    return this.#reader.read(topic, partition, from, maxRecords);
  }

  async trim(topic: string, partition: number, before: number): Promise<void> {
    this.#topics.mustHave(topic, partition);
    const { start, end } = await this.#reader.bounds(topic, partition);
    const offset = Math.min(end, before);
    if (offset <= start) return;
    const wire = this.#names.wire(topic);
    try {
      // kafkajs looks for the leaders before it has asked for them; this asks.
      await whileUnknown(spreadMs, () => this.#admin.fetchTopicOffsets(wire));
      await this.#admin.deleteTopicRecords({ topic: wire, partitions: [{ partition, offset: String(offset) }] });
    } catch (error) {
      throw kafkaFailure(error, wire);
    }
  }

  consumer(spec: ConsumerSpec): Consumer {
    this.#mustBeOpen();
    const { nodeId, logger, sessionMs = sessionTimeoutMs } = this.#options;
    const parts = { kafka: this.#kafka, names: this.#names, topics: this.#topics, reader: this.#reader };
    const consumer = new KafkaConsumer(spec, {
      ...parts,
      nodeId,
      sessionMs,
      logger: logger.child({ group: spec.group }),
    });
    this.#consumers.add(consumer);
    return consumer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await this.#appender.close();
    await Promise.all([this.#admin.disconnect(), this.#cluster.disconnect()]).catch(() => undefined);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new CliptideError('aborted', 'the event log is closed');
  }
}
