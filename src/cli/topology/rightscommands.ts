import type { ClusterConfig } from '../../config/cluster.ts';
import type { Rights } from './rights.ts';

/** Rights with the names of a cluster, as commands that can be pasted. */
export interface RightsCommands {
  readonly subject: string;
  readonly kafka: readonly string[];
  readonly redis: readonly string[];
  readonly clickhouse: readonly string[];
}

/** One user for each role, named after it; passwords are for the operator to set. */
export function rightsCommands(rights: Rights, cluster: ClusterConfig): RightsCommands {
  return {
    subject: rights.subject,
    kafka: kafkaCommands(rights, cluster.kafka),
    redis: redisCommands(rights, cluster.redis),
    clickhouse: clickhouseCommands(rights, cluster.clickhouse),
  };
}

function kafkaCommands({ subject, kafka }: Rights, { brokers, prefix }: ClusterConfig['kafka']): string[] {
  const tool = `kafka-acls.sh --bootstrap-server ${brokers.join(',')} --add --allow-principal User:cliptide-${subject}`;
  return kafka.map(({ resource, operations, names, prefixed }) => {
    const pattern = prefixed ? ' --resource-pattern-type prefixed' : '';
    const granted = operations.map((operation) => `--operation ${operation}`).join(' ');
    return `${tool} ${granted}${pattern} ${names.map((name) => `--${resource} ${prefix}${name}`).join(' ')}`;
  });
}

function redisCommands({ subject, redis }: Rights, config: ClusterConfig['redis']): string[] {
  if (!redis || config === undefined) return [];
  // Leases are counted by Redis' own TIME; nothing dangerous (INFO, KEYS, CONFIG) is needed.
  const granted = `resetkeys '~${config.prefix}*' resetchannels -@all +@read +@write +@scripting +@connection +time -@dangerous`;
  return [`redis-cli -u ${config.url} ACL SETUSER cliptide-${subject} on '>PASSWORD' ${granted}`];
}

function clickhouseCommands({ subject, clickhouse }: Rights, config: ClusterConfig['clickhouse']): string[] {
  if (config === undefined) return [];
  return clickhouse.flatMap(({ privileges, tables }) =>
    tables.map((table) => `GRANT ${privileges.join(', ')} ON ${config.database}.${table} TO cliptide_${subject};`),
  );
}
