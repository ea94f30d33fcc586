import type { ServerResults } from '../serverresults.ts';
import type { KafkaTopology } from './topology.ts';

/** The configuration of a `cliptide` process on a topology, as its environment. */
export const topologyEnvironment = ({ place }: KafkaTopology) => ({
  CLIPTIDE_KAFKA_BROKERS: place.brokers.join(),
  CLIPTIDE_KAFKA_PREFIX: place.prefix,
  CLIPTIDE_REGISTRY_URL: place.registry,
  CLIPTIDE_PARTITIONS: String(place.partitions),
});

/** The same for a database of results; `address` with the user and its password. */
export function resultsEnvironment(address: string, { database }: Pick<ServerResults, 'database'>) {
  const { origin, username, password } = new URL(address);
  return {
    CLIPTIDE_CLICKHOUSE_URL: origin,
    CLIPTIDE_CLICKHOUSE_DATABASE: database,
    CLIPTIDE_CLICKHOUSE_USERNAME: username,
    CLIPTIDE_CLICKHOUSE_PASSWORD: password,
  };
}
