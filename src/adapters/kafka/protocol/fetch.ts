import { type FetchedPartition, type KafkaBroker, type KafkaMessage, loadInternal } from '../internals.ts';
import {
  ask,
  type Decoder,
  type Encoder,
  newDecoder,
  readList,
  readUuid,
  skipTags,
  writeList,
  writeTags,
  writeUuid,
} from './flexible.ts';

/** What is asked for of one partition. */
export interface FetchOf {
  /** Kafka's name of the topic. */
  readonly topic: string;
  /** The id that it must have; undefined where brokers tell none. */
  readonly topicId: string | undefined;
  readonly partition: number;
  readonly offset: number;
}

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly partitionBytes: number;
}

/** A partition's records, or why there are none. */
export interface FetchAnswer extends FetchedPartition {
  readonly topic: string;
  readonly error: Error | undefined;
}

const api = { apiKey: 1, apiVersion: 13, apiName: 'Fetch' } as const;
const readCommitted = 1;
/** Kafka's numbers for errors that kafkajs has no name for. */
const ofIds: Readonly<Record<number, string>> = { 100: 'UNKNOWN_TOPIC_ID', 103: 'INCONSISTENT_TOPIC_ID' };

const createErrorFromCode = loadInternal<{ createErrorFromCode(code: number): Error }>(
  'protocol/error',
).createErrorFromCode;
type DecodeBatch = (from: Decoder) => Promise<{ readonly records: readonly KafkaMessage[] }>;
const decodeBatch = loadInternal<DecodeBatch>('protocol/recordBatch/v0/decoder');

/**
 * Fetches from a broker: by topics' ids where all have one, so that a topic that was made anew under an old name is not
 * read on in (Kafka 3.1 and later), else by their names, where it would be. Rejects where the broker does not answer.
 */
export async function fetchFrom(
  broker: KafkaBroker,
  asked: readonly FetchOf[],
  limits: FetchLimits,
): Promise<readonly FetchAnswer[]> {
  const knowsIds = (broker.versions?.[api.apiKey]?.maxVersion ?? 0) >= api.apiVersion;
  const byId = asked.every(({ topicId }) => topicId !== undefined) && knowsIds;
  return byId ? fetchById(broker, asked, limits) : fetchByName(broker, asked, limits);
}

async function fetchByName(
  broker: KafkaBroker,
  asked: readonly FetchOf[],
  limits: FetchLimits,
): Promise<readonly FetchAnswer[]> {
  const { responses } = await broker.fetch({
    maxWaitTime: limits.maxWaitMs,
    minBytes: limits.minBytes,
    maxBytes: limits.maxBytes,
    topics: [...Map.groupBy(asked, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset }) => ({
        partition,
        fetchOffset: String(offset),
        maxBytes: limits.partitionBytes,
      })),
    })),
  });
  return responses.flatMap(({ topicName: topic, partitions }) =>
    partitions.map((partition) => ({ ...partition, topic, error: undefined })),
  );
}

function fetchById(
  broker: KafkaBroker,
  asked: readonly FetchOf[],
  limits: FetchLimits,
): Promise<readonly FetchAnswer[]> {
  const byTopic = [...Map.groupBy(asked, ({ topicId }) => topicId ?? '')];
  const names = new Map(asked.map(({ topic, topicId }) => [topicId, topic]));
  return ask(broker, {
    ...api,
    write: (to) => writeRequest(to, byTopic, limits),
    read: async (from) => {
      const received = readResponse(from);
      return Promise.all(
        received.map(async ({ topicId, error, bytes, ...rest }) => {
          const topic = names.get(topicId) ?? '';
          const messages = bytes === null ? [] : await messagesIn(bytes);
          return { ...rest, topic, messages, error: failureOf(error, topic, rest.partition) };
        }),
      );
    },
  });
}

/** Fetch request, version 13 (KIP-516), outside of any fetch session. */
function writeRequest(
  to: Encoder,
  byTopic: readonly (readonly [string, readonly FetchOf[]])[],
  limits: FetchLimits,
): void {
  to.writeInt32(-1).writeInt32(limits.maxWaitMs).writeInt32(limits.minBytes).writeInt32(limits.maxBytes);
  to.writeInt8(readCommitted).writeInt32(0).writeInt32(-1);
  writeList(to, byTopic, ([topicId, partitions]) => {
    writeUuid(to, topicId);
    writeList(to, partitions, ({ partition, offset }) => {
      to.writeInt32(partition).writeInt32(-1).writeInt64(offset);
      to.writeInt32(-1).writeInt64(-1).writeInt32(limits.partitionBytes);
      writeTags(to);
    });
    writeTags(to);
  });
  writeList(to, [], () => undefined);
  to.writeUVarIntString('');
}

/** Fetch response, version 13. What concerns the whole request are errors of fetch sessions, which are not used. */
function readResponse(from: Decoder) {
  from.readInt32();
  from.readInt16();
  from.readInt32();
  const topics = readList(from, () => {
    const topicId = readUuid(from);
    const partitions = readList(from, () => ({ topicId, ...readPartition(from) }));
    skipTags(from);
    return partitions;
  });
  return topics.flat();
}

function readPartition(from: Decoder) {
  const partition = from.readInt32();
  const error = from.readInt16();
  const highWatermark = from.readInt64().toString();
  from.readInt64();
  from.readInt64();
  readList(from, () => {
    from.readInt64();
    from.readInt64();
    skipTags(from);
  });
  from.readInt32();
  const size = from.readUVarInt() - 1;
  const bytes = size <= 0 ? null : from.readBytes(size);
  skipTags(from);
  return { partition, error, highWatermark, bytes };
}

const smallestBatchBytes = 61;

/** The messages of whole batches; the last batch can be cut off. */
async function messagesIn(bytes: Buffer): Promise<readonly KafkaMessage[]> {
  const from = newDecoder(bytes);
  const messages: KafkaMessage[] = [];
  while (from.canReadBytes(smallestBatchBytes)) {
    try {
      for (const message of (await decodeBatch(from)).records) messages.push(message);
    } catch (error) {
      if ((error as Error).name === 'KafkaJSPartialMessageError') break;
      throw error;
    }
  }
  return messages;
}

function failureOf(code: number, topic: string, partition: number): Error | undefined {
  if (code === 0) return undefined;
  const type = ofIds[code];
  const error = type === undefined ? createErrorFromCode(code) : Object.assign(new Error(type), { type });
  return Object.assign(error, { topic, partition });
}
