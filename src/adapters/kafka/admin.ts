import type { Admin, ConfigEntries } from 'kafkajs';
import { CliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { type KafkaConnection, openKafka } from './client.ts';
import { createTopics, whileUnknown } from './creation.ts';
import { kafkaFailure } from './failures.ts';
import { Names } from './names.ts';
import { type Settings, topicConfig } from './settings.ts';

/** Kafka's numbers for a topic as a resource, and for a setting of its own; Node cannot import kafkajs' names for them. */
const topicResource = 2;
const ownSetting = 1;

/** How long a new topic may take to be known to every broker, in milliseconds. */
const spreadMs = 5_000;

export interface FoundTopic {
  readonly partitions: number;
  /** All settings that apply to it, whoever made them. */
  readonly settings: Settings;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly settings: Settings;
}

/** The topics of an installation, for whoever may make and change them. */
export interface TopicAdmin {
  /** Every topic under the prefix, by the topology's names; the broker's own are left out. */
  topics(): Promise<ReadonlyMap<string, FoundTopic>>;
  /** With the broker's default of replicas. */
  create(topic: NewTopic): Promise<void>;
  /** Changes these settings of a topic, and no others. */
  alter(topic: string, settings: Settings): Promise<void>;
  /** Addresses of the brokers that are there. */
  brokers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Rejects with `unavailable` when no broker answers, with `forbidden` when it refuses us. */
export async function openTopicAdmin(connection: KafkaConnection, prefix: string, logger: Logger): Promise<TopicAdmin> {
  const admin = openKafka(connection, logger).admin();
  const names = new Names(prefix);
  const asking = async <T>(where: string, step: () => Promise<T>): Promise<T> => {
    try {
      return await step();
    } catch (error) {
      throw kafkaFailure(error, where);
    }
  };
  const close = (): Promise<void> => admin.disconnect().catch(() => undefined);
  await asking(connection.brokers.join(', '), () => admin.connect()).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    topics: () => asking(`topics ${prefix}*`, () => topicsUnder(prefix, names, admin)),
    create: ({ name, partitions, settings }) =>
      asking(names.wire(name), async () => {
        const topics = [topicConfig(names.wire(name), partitions, settings)];
        await createTopics(admin, topics);
      }),
    alter: (topic, settings) => asking(names.wire(topic), () => alter(admin, names.wire(topic), settings)),
    brokers: () =>
      asking(connection.brokers.join(', '), async () => {
        const { brokers } = await admin.describeCluster();
        return brokers.map(({ host, port }) => `${host}:${port}`);
      }),
    close,
  };
}

async function topicsUnder(prefix: string, names: Names, admin: Admin): Promise<ReadonlyMap<string, FoundTopic>> {
  const there = (await admin.listTopics()).filter((name) => name.startsWith(prefix) && !name.startsWith('__'));
  if (there.length === 0) return new Map();
  // Another broker than the one that named them may be asked now.
  const { topics } = await whileUnknown(spreadMs, () => admin.fetchTopicMetadata({ topics: there }));
  const entries = await describe(admin, there);
  return new Map(
    topics.map(({ name, partitions }) => {
      const own = entries.get(name) ?? [];
      const settings = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
      return [names.own(name), { partitions: partitions.length, settings }];
    }),
  );
}

async function describe(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly ConfigEntries[]>> {
  const resources = topics.map((name) => ({ type: topicResource, name }));
  const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
  return new Map(answer.resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
}

/** kafkajs 2.2.4 can only write a topic's settings as a whole, so those that somebody made are written again. */
async function alter(admin: Admin, topic: string, settings: Settings): Promise<void> {
  const entries = (await describe(admin, [topic])).get(topic);
  if (entries === undefined) throw new CliptideError('config', `there is no topic ${topic}`);
  const own = entries.filter(({ configSource }) => configSource === ownSetting);
  const kept = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
  const configEntries = Object.entries({ ...kept, ...settings }).map(([name, value]) => ({ name, value }));
  const resources = [{ type: topicResource, name: topic, configEntries }];
  await admin.alterConfigs({ validateOnly: false, resources });
}
