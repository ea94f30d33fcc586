import type { Admin } from 'kafkajs';
import { CliptideError } from '../../domain/errors.ts';
import type { TopicDeclaration } from '../../ports/eventlog.ts';
import { createTopics, whileUnknown } from './creation.ts';
import { kafkaFailure } from './failures.ts';
import type { KafkaCluster } from './internals.ts';
import type { Names } from './names.ts';
import { tellsTopicIds, topicIds } from './protocol/topicids.ts';
import { topicConfig, topicSettings } from './settings.ts';

/** Who starts right behind `topology apply` may ask a broker that has not heard of the topics yet; in milliseconds. */
const spreadMs = 3_000;

export interface TopicsOptions {
  readonly names: Names;
  readonly admin: Admin;
  readonly cluster: KafkaCluster;
  /** Whether missing topics are created; a running stage only checks them. */
  readonly mayCreate: boolean;
  /** Kafka's settings of compacted topics that are created, besides our own. */
  readonly compacted: Readonly<Record<string, string>>;
}

/** The declared topics, held against those of the cluster. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #declared = new Map<string, TopicDeclaration>();
  readonly #ids = new Map<string, string>();

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  /** Rejects with `config` for a topic that is missing or has another number of partitions. */
  async declare(declarations: readonly TopicDeclaration[]): Promise<void> {
    const { names, admin, cluster, mayCreate } = this.#options;
    const wanted = declarations.filter(({ name }) => !this.#declared.has(name));
    try {
      if (mayCreate && wanted.length > 0) await this.#createMissing(admin, wanted);
      await whileUnknown(spreadMs, async () => {
        await cluster.addMultipleTargetTopics(wanted.map(({ name }) => names.wire(name)));
        await cluster.refreshMetadata();
        await this.#identify(wanted);
      });
    } catch (error) {
      throw kafkaFailure(error, wanted.map(({ name }) => names.wire(name)).join(', '));
    }
    for (const declaration of declarations) this.#verify(declaration);
    for (const declaration of declarations) this.#declared.set(declaration.name, declaration);
  }

  get(name: string): TopicDeclaration {
    const declared = this.#declared.get(name);
    if (declared !== undefined) return declared;
    throw new CliptideError('internal', `topic ${name} was not declared`, {
      hint: 'declare the topology before its topics are used',
    });
  }

  /** The id of a topic when it was declared; undefined where brokers tell none. One that is made anew has another. */
  id(name: string): string | undefined {
    return this.#ids.get(name);
  }

  /** Whether there is another topic of this name now: it was deleted and made anew. */
  async wasMadeAnew(name: string): Promise<boolean> {
    const wire = this.#options.names.wire(name);
    const id = this.#ids.get(name);
    const now = id === undefined ? undefined : (await this.#askIds([wire]))?.get(wire);
    return now !== undefined && now !== id;
  }

  /** Throws for a partition that the topic does not have. */
  mustHave(name: string, partition: number): void {
    if (partition >= 0 && partition < this.get(name).partitions) return;
    throw new CliptideError('internal', `topic ${name} has no partition ${partition}`);
  }

  async #createMissing(admin: Admin, declarations: readonly TopicDeclaration[]): Promise<void> {
    const { names, compacted } = this.#options;
    const there = new Set(await admin.listTopics());
    const missing = declarations.filter(({ name }) => !there.has(names.wire(name)));
    if (missing.length === 0) return;
    const topics = missing.map((declaration) => {
      const settings = { ...topicSettings(declaration), ...(declaration.cleanup === 'compact' ? compacted : {}) };
      return topicConfig(names.wire(declaration.name), declaration.partitions, settings);
    });
    await createTopics(admin, topics);
  }

  async #identify(declarations: readonly TopicDeclaration[]): Promise<void> {
    const wires = new Map(declarations.map(({ name }) => [name, this.#options.names.wire(name)]));
    const found = await this.#askIds([...wires.values()]);
    for (const [name, wire] of wires) {
      const id = found?.get(wire);
      if (id !== undefined) this.#ids.set(name, id);
      else if (found !== undefined) throw unknownTopic(wire);
    }
  }

  /** By Kafka's names of the topics; undefined where brokers tell no ids. */
  async #askIds(wires: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> {
    const broker = await this.#options.cluster.brokerPool.findConnectedBroker();
    return tellsTopicIds(broker) ? topicIds(broker, wires) : undefined;
  }

  #verify({ name, partitions }: TopicDeclaration): void {
    const { names, cluster } = this.#options;
    const found = cluster.findTopicPartitionMetadata(names.wire(name)).length;
    if (found === partitions) return;
    throw new CliptideError('config', `topic ${names.wire(name)} has ${found} partitions, not ${partitions}`, {
      hint: 'more partitions would move keys to other ones: keep the number, or begin a new generation of the topic',
    });
  }
}

/** As kafkajs would say it: the broker that was asked has not heard of it (yet). */
const unknownTopic = (wire: string): Error =>
  Object.assign(new Error(`topic ${wire} is unknown`), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
