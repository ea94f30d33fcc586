import { createCodec } from '../../adapters/avro/codec.ts';
import { type ConfluentRegistry, confluentRegistry } from '../../adapters/avro/confluent.ts';
import { loadSchemas } from '../../adapters/avro/schemas.ts';
import { systemClock } from '../../adapters/embedded/clock.ts';
import { memoryMetrics } from '../../adapters/embedded/metrics.ts';
import { memoryStateStore } from '../../adapters/embedded/statestore.ts';
import type { KafkaConnection } from '../../adapters/kafka/client.ts';
import { KafkaEventLog } from '../../adapters/kafka/eventlog.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { StatefulDependencies } from '../../runtime/stateful.ts';
import { declarations } from './storage.ts';

/** How the configuration's Kafka is reached. */
export function kafkaConnection({ kafka }: ClusterConfig, clientId: string): KafkaConnection {
  const { brokers, tls, login, saslMechanism } = kafka;
  const sasl = login && {
    mechanism: saslMechanism,
    username: login.username,
    password: login.password.reveal(),
  };
  return { brokers, clientId, tls, ...(sasl === undefined ? {} : { sasl }) };
}

/** The configuration's schema registry. */
export function registryOf({ registry, kafka }: ClusterConfig): ConfluentRegistry {
  const { url, ca, login } = registry;
  return confluentRegistry({
    url,
    prefix: kafka.prefix,
    ...(ca === undefined ? {} : { ca }),
    ...(login === undefined ? {} : { auth: { username: login.username, password: login.password.reveal() } }),
  });
}

/**
 * The event log in Kafka, with what every stage needs beside it. Topics and schemas must be there: `topology apply`
 * makes them, a running process never does.
 */
export async function openClusterStorage(
  config: Config,
  cluster: ClusterConfig,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<StatefulDependencies> {
  const log = await KafkaEventLog.open({
    connection: kafkaConnection(cluster, `cliptide-${config.node}`),
    prefix: cluster.kafka.prefix,
    nodeId: config.node,
    mayCreateTopics: false,
    logger,
  });
  await lifecycle.start('event log', () => ({ value: log, stop: () => log.close() }));
  const { partitions, retentionHours } = config.topology;
  await log.declare(declarations(partitions, retentionHours));
  return {
    log,
    codec: await createCodec({ registry: registryOf(cluster), schemas: loadSchemas() }),
    clock: systemClock,
    logger,
    metrics: memoryMetrics(),
    nodeId: config.node,
    run: 'live',
    createStore: memoryStateStore,
  };
}
