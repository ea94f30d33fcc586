import { CliptideError } from '../../domain/errors.ts';
import type { LogRecord } from '../../ports/eventlog.ts';
import { isUnknownTopic, kafkaFailure, madeAnew } from './failures.ts';
import type { FetchedPartition, KafkaBroker, KafkaCluster, KafkaMessage } from './internals.ts';
import type { Names } from './names.ts';
import { fetchFrom } from './protocol/fetch.ts';
import { toLogRecord } from './records.ts';
import type { Topics } from './topics.ts';

const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 20, partitionBytes: 1 << 20 };
const attempts = 5;

/** Asks partitions for what is there now, without a group. */
export class Reader {
  readonly #cluster: KafkaCluster;
  readonly #names: Names;
  readonly #topics: Topics;

  constructor(cluster: KafkaCluster, names: Names, topics: Topics) {
    this.#cluster = cluster;
    this.#names = names;
    this.#topics = topics;
  }

  async bounds(topic: string, partition: number): Promise<{ readonly start: number; readonly end: number }> {
    const [start, end] = await Promise.all([
      this.#offset(topic, partition, { fromBeginning: true }),
      this.#offset(topic, partition, { fromBeginning: false }),
    ]);
    return { start, end };
  }

  async offsetAt(topic: string, partition: number, timeMs: number): Promise<number> {
    const found = await this.#offset(topic, partition, { fromTimestamp: timeMs });
    return found === -1 ? (await this.bounds(topic, partition)).end : found;
  }

  /** Records from an offset on; none at the end. Rejects with `offset-range`. */
  async read(topic: string, partition: number, from: number, maxRecords: number): Promise<readonly LogRecord[]> {
    let position = from;
    const records: LogRecord[] = [];
    while (records.length < maxRecords) {
      const { messages, highWatermark } = await this.messages(topic, partition, position);
      for (const message of messages) {
        if (records.length === maxRecords) break;
        if (Number(message.offset) >= position && !message.isControlRecord) {
          records.push(toLogRecord(topic, partition, message));
        }
      }
      position = Math.max(position + 1, behind(messages));
      if (messages.length === 0 || position >= Number(highWatermark)) break;
    }
    return records;
  }

  /** What the broker has from an offset on, as it comes. Rejects with `offset-range`. */
  messages(topic: string, partition: number, from: number): Promise<FetchedPartition> {
    return this.#patiently(topic, (broker) => this.#fetch(broker, topic, partition, from), partition);
  }

  async #fetch(broker: KafkaBroker, topic: string, partition: number, from: number): Promise<FetchedPartition> {
    const asked = { topic: this.#names.wire(topic), topicId: this.#topics.id(topic), partition, offset: from };
    const [answer] = await fetchFrom(broker, [asked], limits);
    if (answer?.error !== undefined) throw answer.error;
    return answer ?? { partition, highWatermark: String(from), messages: [] };
  }

  async #offset(topic: string, partition: number, at: { fromBeginning: boolean } | { fromTimestamp: number }) {
    const wanted = [{ topic: this.#names.wire(topic), partitions: [{ partition }], ...at }];
    const [found] = await this.#patiently(topic, () => this.#cluster.fetchTopicsOffset(wanted), partition);
    return Number(found?.partitions[0]?.offset ?? -1);
  }

  /** A leader may have moved: what is known of the cluster is asked for again. */
  async #patiently<R>(topic: string, step: (broker: KafkaBroker) => Promise<R>, partition: number): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await step(await this.#leader(topic, partition));
      } catch (error) {
        const where = `${this.#names.wire(topic)}, partition ${partition}`;
        if (isUnknownTopic(error) && (await this.#topics.wasMadeAnew(topic))) throw madeAnew(where);
        const failure = kafkaFailure(error, where);
        // A topic that has just been made is not known to every broker yet.
        const mayPass = failure.code === 'unavailable' || isUnknownTopic(error);
        if (!mayPass || attempt === attempts) throw failure;
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
        await this.#cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }

  #leader(topic: string, partition: number): Promise<KafkaBroker> {
    const wire = this.#names.wire(topic);
    const found = this.#cluster.findTopicPartitionMetadata(wire).find(({ partitionId }) => partitionId === partition);
    if (found !== undefined) return this.#cluster.findBroker({ nodeId: found.leader });
    throw new CliptideError('unavailable', `topic ${wire} has no leader for partition ${partition}`);
  }
}

/** The offset behind the batch that the last message lies in: compaction may have taken the messages after it. */
export function behind(messages: readonly KafkaMessage[]): number {
  const last = messages.at(-1);
  if (last === undefined) return 0;
  const batch = last.batchContext;
  const ofBatch = batch === undefined ? 0 : Number(batch.firstOffset) + batch.lastOffsetDelta;
  return Math.max(Number(last.offset), ofBatch) + 1;
}
