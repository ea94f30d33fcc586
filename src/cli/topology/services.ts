import { openTopicAdmin } from '../../adapters/kafka/admin.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import { kafkaConnection, registryOf } from '../node/cluster.ts';
import { openClusterResults } from '../node/results.ts';
import type { Services } from './state.ts';

/** The configured services, for whoever may make topics, schemas and tables. */
export async function openServices(cluster: ClusterConfig, logger: Logger, lifecycle: Lifecycle): Promise<Services> {
  const { kafka: settings, clickhouse } = cluster;
  const kafka = await openTopicAdmin(kafkaConnection(cluster, 'cliptide-topology'), settings.prefix, logger);
  await lifecycle.start('topics', () => ({ value: kafka, stop: () => kafka.close() }));
  const results = clickhouse && {
    store: await openClusterResults(cluster, lifecycle),
    database: clickhouse.database,
  };
  return { kafka, registry: registryOf(cluster), results };
}
