import type { State } from './state.ts';

/** The running services as variables of Cliptide's configuration, for a shell: `export NAME='value'`, a line each. */
export function shellVariables(addresses: State['addresses']): string {
  return Object.entries(variablesOf(addresses))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');
}

/** Takes them away again, also once nothing is up any more. */
export const shellUnset = (): string => `unset ${Object.keys(variablesOf({})).join(' ')}\n`;

function variablesOf({ kafka, registry, redis, clickhouse }: State['addresses']) {
  const results = clickhouse === undefined ? undefined : new URL(clickhouse);
  return {
    CLIPTIDE_KAFKA_BROKERS: kafka,
    CLIPTIDE_REGISTRY_URL: registry,
    CLIPTIDE_REDIS_URL: redis,
    CLIPTIDE_CLICKHOUSE_URL: results?.origin,
    CLIPTIDE_CLICKHOUSE_USERNAME: results?.username,
    CLIPTIDE_CLICKHOUSE_PASSWORD: results?.password,
  };
}
