import type { State } from './state.ts';

/** The running services as variables of Cliptide's configuration, for a shell: `export NAME='value'`, a line each. */
export function shellVariables({ kafka, registry, redis, clickhouse }: State['addresses']): string {
  const results = clickhouse === undefined ? undefined : new URL(clickhouse);
  const variables = {
    CLIPTIDE_KAFKA_BROKERS: kafka,
    CLIPTIDE_REGISTRY_URL: registry,
    CLIPTIDE_REDIS_URL: redis,
    CLIPTIDE_CLICKHOUSE_URL: results?.origin,
    CLIPTIDE_CLICKHOUSE_USERNAME: results?.username,
    CLIPTIDE_CLICKHOUSE_PASSWORD: results?.password,
  };
  return Object.entries(variables)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}
