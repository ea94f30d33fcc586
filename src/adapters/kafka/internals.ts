import { createRequire } from 'node:module';
import type * as Kafkajs from 'kafkajs';
import type { Kafka, Logger } from 'kafkajs';
import { CliptideError } from '../../domain/errors.ts';

/**
 * What kafkajs does not export, and Cliptide builds on: its connections to a cluster and its side of the group protocol.
 * Its own consumer tells nobody when partitions are revoked, keeps pauses and seeks over assignments, resets an offset
 * that is out of range by itself and hands over what it likes; so membership and fetching are driven from here, on the
 * same wire code. kafkajs has not changed since 2.2.4; another version is refused.
 */
const supportedVersion = '2.2.4';

export interface KafkaMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
  readonly isControlRecord: boolean;
  readonly batchContext?: { readonly firstOffset: string; readonly lastOffsetDelta: number };
}

export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly KafkaMessage[];
}

export interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

export interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly offset: string;
    /** A note that lies beside a committed offset. */
    readonly metadata?: string | null;
  }[];
}

/** A request of a broker with the kind of its answer, as kafkajs' connections send it. */
export interface Exchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** Resolves with one of kafkajs' encoders. */
    encode(): Promise<unknown>;
  };
  readonly response: { decode(bytes: Buffer): Promise<T>; parse(answer: T): Promise<T> };
}

export interface KafkaBroker {
  /** By Kafka's numbers of its requests; null before it was connected to. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null;
  readonly connectionPool: { send<T>(exchange: Exchange<T>): Promise<T> };
  disconnect(): Promise<void>;
  fetch(request: FetchRequest): Promise<{
    readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
  }>;
  isConnected(): boolean;
  offsetFetch(request: {
    readonly groupId: string;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
    }[];
  }): Promise<{ readonly responses: readonly TopicOffsets[] }>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly topics: readonly TopicOffsets[];
  }): Promise<unknown>;
}

export interface KafkaCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  readonly brokerPool: { findConnectedBroker(): Promise<KafkaBroker> };
  findBroker(where: { readonly nodeId: number }): Promise<KafkaBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<KafkaBroker>;
  removeBroker(where: { readonly host: string; readonly port: number }): void;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning?: boolean;
      readonly fromTimestamp?: number;
    }[],
  ): Promise<readonly TopicOffsets[]>;
}

/** A member's side of the group protocol. */
export interface KafkaGroup {
  readonly coordinator: KafkaBroker | null;
  readonly generationId: number | null;
  memberId: string | null;
  connect(): Promise<void>;
  joinAndSync(): Promise<void>;
  assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  heartbeat(options: { readonly interval: number }): Promise<void>;
  leave(): Promise<void>;
}

export interface Member {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

/** kafkajs' partition assigner, as its group code calls it. */
export interface GroupAssigner {
  readonly name: string;
  readonly version: number;
  protocol(subscription: { readonly topics: readonly string[] }): { readonly name: string; readonly metadata: Buffer };
  assign(group: {
    readonly members: readonly Member[];
    readonly topics: readonly string[];
  }): Promise<readonly { readonly memberId: string; readonly memberAssignment: Buffer }[]>;
}

interface GroupOptions {
  readonly cluster: KafkaCluster;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly topicConfigurations: object;
  readonly logger: Logger;
  readonly instrumentationEmitter: { emit(name: string, payload?: unknown): void };
  readonly assigners: readonly GroupAssigner[];
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  readonly retry: { readonly retries: number };
  readonly autoCommit: false;
}

const require = createRequire(import.meta.url);

interface ProducedMessage {
  readonly partition?: number;
}

/**
 * kafkajs' own copies all earlier messages of a batch for each message. Here every message says its partition, and they
 * keep their order.
 */
function groupMessagesPerPartition<M extends ProducedMessage>({ messages }: { readonly messages: readonly M[] }) {
  const groups: Record<number, M[]> = {};
  for (const message of messages) {
    const partition = message.partition ?? 0;
    const group = groups[partition];
    if (group === undefined) groups[partition] = [message];
    else group.push(message);
  }
  return groups;
}

function loadKafkajs(): typeof Kafkajs {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== supportedVersion) {
    throw new CliptideError('config', `kafkajs ${version} is installed; Cliptide is built on ${supportedVersion}`, {
      hint: 'install the packages again, with npm ci',
    });
  }
  // Before the producer is loaded, which keeps what it finds here.
  const grouping = require.resolve('kafkajs/src/producer/groupMessagesPerPartition');
  require(grouping);
  const loaded = require.cache[grouping];
  if (loaded !== undefined) loaded.exports = groupMessagesPerPartition;
  return require('kafkajs') as typeof Kafkajs;
}

/** kafkajs, with what is mended here; nothing else imports it. */
export const kafkajs = loadKafkajs();

/** A module of kafkajs' own. */
export const loadInternal = <T>(path: string): T => require(`kafkajs/src/${path}`) as T;

/** A set of connections of its own, with the client's settings. */
export function createCluster(kafka: Kafka): KafkaCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) =>
    description?.endsWith('Kafka:createCluster'),
  );
  const create = (kafka as unknown as Record<symbol, (options: object) => KafkaCluster>)[symbol as symbol];
  if (create === undefined) throw new CliptideError('internal', 'kafkajs has no createCluster');
  return create({ metadataMaxAge: 60_000, allowAutoTopicCreation: false });
}

export function createGroup(options: GroupOptions): KafkaGroup {
  const Group = loadInternal<new (options: GroupOptions) => KafkaGroup>('consumer/consumerGroup');
  return new Group(options);
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 arms a timer after every answer, also where nothing waits to be sent, and that timer arms the next one:
 * 7% of a core for an idle client. It is armed only where something waits.
 */
export function quietIdleTimers(): void {
  const { prototype } = loadInternal<{ prototype: RequestQueue & { isQuiet?: true } }>('network/requestQueue');
  if (prototype.isQuiet) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.isQuiet = true;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}

interface Connection {
  isConnected(): boolean;
  connect(): Promise<unknown>;
  /** Ours: while it is under way. */
  connecting?: Promise<unknown> | undefined;
}

interface ConnectionPool {
  readonly pool: readonly Connection[];
  getConnection(index?: number): Promise<Connection>;
}

/**
 * kafkajs 2.2.4 opens a socket for each of several requests that find their connection closed, and forgets all but the
 * last: those stay open, and a process that holds one never ends. They wait for one and the same.
 */
export function connectOnce(): void {
  const { prototype } = loadInternal<{ prototype: ConnectionPool }>('network/connectionPool');
  prototype.getConnection = async function (this: ConnectionPool, index = 0): Promise<Connection> {
    const connection = this.pool[index];
    if (connection === undefined) throw new CliptideError('internal', `kafkajs has no connection ${index}`);
    if (!connection.isConnected()) {
      connection.connecting ??= connection.connect().finally(() => {
        connection.connecting = undefined;
      });
      await connection.connecting;
    }
    return connection;
  };
}
