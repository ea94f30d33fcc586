import { setTimeout as after } from 'node:timers/promises';
import { type FoundTopic, openTopicAdmin, type TopicAdmin } from '../../adapters/kafka/admin.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { kafkaConnection, registryOf } from '../node/cluster.ts';
import { declarations } from '../node/storage.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const deadlineMs = 10_000;
const toApply = 'run "cliptide topology plan", then "cliptide topology apply"';

/** Kafka, its topics and the schema registry, where a cluster is configured. Each answers within its deadline. */
export async function checkCluster(
  { cluster, topology }: Pick<Config, 'cluster' | 'topology'>,
  logger: Logger,
): Promise<Finding[]> {
  if (cluster === undefined) return [];
  const found = await Promise.all([checkKafka(cluster, topology, logger), checkRegistry(cluster)]);
  return found.flat();
}

async function checkKafka(cluster: ClusterConfig, topology: Config['topology'], logger: Logger): Promise<Finding[]> {
  const opening = openTopicAdmin(kafkaConnection(cluster, 'cliptide-doctor'), cluster.kafka.prefix, logger);
  try {
    return await within(async () => {
      const kafka = await opening;
      const brokers = await kafka.brokers();
      return [ok('kafka', brokers.join(', ')), await checkTopics(kafka, topology)];
    });
  } catch (error) {
    return [failed('kafka', error)];
  } finally {
    opening.then(
      (kafka) => kafka.close(),
      () => undefined,
    );
  }
}

async function checkTopics(kafka: TopicAdmin, { partitions, retentionHours }: Config['topology']): Promise<Finding> {
  const wanted = declarations(partitions, retentionHours);
  return topicsFinding(wanted, await kafka.topics());
}

/** What of the wanted topics is there, with the partitions that it should have. */
export function topicsFinding(
  wanted: readonly { readonly name: string; readonly partitions: number }[],
  there: ReadonlyMap<string, Pick<FoundTopic, 'partitions'>>,
): Finding {
  const missing = wanted.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  const other = wanted.filter(({ name, partitions }) => there.has(name) && there.get(name)?.partitions !== partitions);
  if (other.length > 0) {
    const names = other.map(({ name }) => `${name} (${there.get(name)?.partitions})`).join(', ');
    return fail(
      'kafka topics',
      `with another number of partitions: ${names}`,
      'set partitions to what the topics have',
    );
  }
  if (missing.length === 0) return ok('kafka topics', `${wanted.length}, all there`);
  return fail('kafka topics', `${missing.length} of ${wanted.length} are missing, such as ${missing[0]}`, toApply);
}

async function checkRegistry(cluster: ClusterConfig): Promise<Finding> {
  try {
    const subjects = await within(() => registryOf(cluster).subjects());
    const found = `${new URL(cluster.registry.url).host}, ${subjects.length} subjects`;
    return subjects.length > 0 ? ok('registry', found) : warn('registry', found, toApply);
  } catch (error) {
    return failed('registry', error);
  }
}

async function within<T>(step: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = after(deadlineMs, undefined, { signal: done.signal }).then(() => {
    throw new CliptideError('timeout', `no answer within ${deadlineMs / 1_000} s`);
  });
  try {
    return await Promise.race([step(), late]);
  } finally {
    done.abort();
    late.catch(() => undefined);
  }
}

function failed(name: string, error: unknown): Finding {
  const { message, hint } = toCliptideError(error);
  return fail(name, message, hint ?? 'check that it runs and can be reached');
}
