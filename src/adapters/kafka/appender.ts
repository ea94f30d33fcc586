import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { CliptideError } from '../../domain/errors.ts';
import type { AppendRecord } from '../../ports/eventlog.ts';
import { requestRetry } from './client.ts';
import { kafkaFailure } from './failures.ts';
import type { Names } from './names.ts';

/** A record with its partition. */
export interface PlacedRecord {
  readonly record: AppendRecord;
  readonly partition: number;
}

interface Append {
  readonly records: readonly PlacedRecord[];
  readonly done: (offsets: readonly number[]) => void;
  readonly failed: (error: unknown) => void;
}

/** One request holds about this much, well below the broker's default limit of a batch. */
const requestBytes = 700_000;

/**
 * Appends one request after the other, so that order holds; what is asked for meanwhile goes into the next request
 * together. The producer is idempotent. After a failure it is replaced: kafkajs takes a failed request's sequence
 * numbers back, and the broker would take other records under the same numbers for a repetition and drop them.
 */
export class Appender {
  readonly #kafka: Kafka;
  readonly #names: Names;
  #producer: Promise<Producer> | undefined;
  #waiting: Append[] = [];
  #sending: Promise<void> | undefined;
  #closed = false;

  constructor(kafka: Kafka, names: Names) {
    this.#kafka = kafka;
    this.#names = names;
  }

  append(records: readonly PlacedRecord[]): Promise<readonly number[]> {
    if (this.#closed) return Promise.reject(new CliptideError('aborted', 'the event log is closed'));
    return new Promise((done, failed) => {
      this.#waiting.push({ records, done, failed });
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = undefined;
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#sending;
    const producer = await this.#producer?.catch(() => undefined);
    await producer?.disconnect().catch(() => undefined);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const appends = this.#takeRequest();
      try {
        const placed = appends.flatMap(({ records }) => records);
        const offsets = await this.#send(placed);
        let from = 0;
        for (const { records, done } of appends) {
          done(offsets.slice(from, from + records.length));
          from += records.length;
        }
      } catch (error) {
        await this.#replaceProducer();
        for (const { failed } of appends) failed(kafkaFailure(error, 'append'));
      }
    }
  }

  /** The next appends that fit into one request; one at least. */
  #takeRequest(): readonly Append[] {
    let bytes = 0;
    let count = 0;
    for (const { records } of this.#waiting) {
      for (const record of records) bytes += sizeOf(record);
      if (count > 0 && bytes > requestBytes) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(placed: readonly PlacedRecord[]): Promise<number[]> {
    const offsets: number[] = [];
    for (let from = 0; from < placed.length; ) {
      let to = from;
      for (let bytes = 0; to < placed.length; to++) {
        bytes += sizeOf(placed[to] as PlacedRecord);
        if (to > from && bytes > requestBytes) break;
      }
      offsets.push(...(await this.#sendOne(placed.slice(from, to))));
      from = to;
    }
    return offsets;
  }

  async #sendOne(placed: readonly PlacedRecord[]): Promise<number[]> {
    const producer = await this.#connected();
    const answers = await producer.sendBatch({ topicMessages: this.#messages(placed), acks: -1 });
    const next = new Map(
      answers.map(({ topicName, partition, baseOffset }) => [`${topicName}/${partition}`, Number(baseOffset)]),
    );
    return placed.map(({ record, partition }) => {
      const target = `${this.#names.wire(record.topic)}/${partition}`;
      const offset = next.get(target);
      if (offset === undefined) throw new CliptideError('unavailable', `Kafka did not confirm an append to ${target}`);
      next.set(target, offset + 1);
      return offset;
    });
  }

  #messages(placed: readonly PlacedRecord[]): TopicMessages[] {
    const byTopic = new Map<string, TopicMessages>();
    for (const { record, partition } of placed) {
      const topic = this.#names.wire(record.topic);
      const messages = byTopic.get(topic)?.messages ?? [];
      const value = record.value === null ? null : Buffer.from(record.value);
      messages.push({ key: Buffer.from(record.key), value, partition, headers: { ...record.headers } });
      byTopic.set(topic, { topic, messages });
    }
    return [...byTopic.values()];
  }

  #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    return this.#producer;
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Every message says its partition.
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
      retry: requestRetry,
    });
    await producer.connect();
    return producer;
  }

  async #replaceProducer(): Promise<void> {
    const old = this.#producer;
    this.#producer = undefined;
    const producer = await old?.catch(() => undefined);
    await producer?.disconnect().catch(() => undefined);
  }
}

const overheadBytes = 100;

function sizeOf({ record }: PlacedRecord): number {
  let bytes = (record.value?.length ?? 0) + record.key.length + overheadBytes;
  for (const name in record.headers) bytes += name.length + (record.headers[name]?.length ?? 0);
  return bytes;
}
