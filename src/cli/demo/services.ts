import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { ClusterConfig, Login } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import { Secret } from '../../config/secret.ts';
import { CliptideError } from '../../domain/errors.ts';

/** Where `npm run services up` says what it started. */
const stateFile = '.services/state.json';

const state = z.object({
  addresses: z.object({ kafka: z.string(), registry: z.string(), redis: z.string(), clickhouse: z.string() }),
});

/** The configured services, else those that `npm run services up` started; under names that nobody else has. */
export function demoCluster(config: Config): ClusterConfig {
  const cluster = config.cluster ?? startedServices();
  const name = `demo-${randomUUID().slice(0, 8)}`;
  return {
    ...cluster,
    kafka: { ...cluster.kafka, prefix: `${name}.` },
    redis: cluster.redis && { ...cluster.redis, prefix: `${name}.` },
    clickhouse: cluster.clickhouse && { ...cluster.clickhouse, database: name.replace('-', '_') },
  };
}

function startedServices(): ClusterConfig {
  const path = resolve(stateFile);
  let addresses: z.infer<typeof state>['addresses'];
  try {
    addresses = state.parse(JSON.parse(readFileSync(path, 'utf8'))).addresses;
  } catch (cause) {
    throw new CliptideError('config', 'no services are configured, and none were started here', {
      where: path,
      hint: 'run `npm run services -- up`, or set kafka.brokers, registry.url and clickhouse.url',
      cause,
    });
  }
  const clickhouse = new URL(addresses.clickhouse);
  const login: Login = { username: clickhouse.username, password: new Secret(clickhouse.password) };
  return {
    kafka: {
      brokers: addresses.kafka.split(','),
      prefix: '',
      tls: false,
      saslMechanism: 'scram-sha-512',
      login: undefined,
    },
    registry: { url: addresses.registry, ca: undefined, login: undefined },
    redis: { url: addresses.redis, prefix: '', ca: undefined, login: undefined },
    clickhouse: { url: clickhouse.origin, database: 'cliptide', ca: undefined, login },
  };
}

/** The same services as variables, for other processes. */
export function variablesOf({ kafka, registry, redis, clickhouse }: ClusterConfig): Record<string, string> {
  const tls = kafka.tls === false ? {} : { CLIPTIDE_KAFKA_TLS: 'true' };
  return {
    CLIPTIDE_KAFKA_BROKERS: kafka.brokers.join(','),
    CLIPTIDE_KAFKA_PREFIX: kafka.prefix,
    ...tls,
    ...loginVariables('KAFKA', kafka.login),
    CLIPTIDE_REGISTRY_URL: registry.url,
    ...loginVariables('REGISTRY', registry.login),
    ...(redis && { CLIPTIDE_REDIS_URL: redis.url, CLIPTIDE_REDIS_PREFIX: redis.prefix }),
    ...loginVariables('REDIS', redis?.login),
    ...(clickhouse && { CLIPTIDE_CLICKHOUSE_URL: clickhouse.url, CLIPTIDE_CLICKHOUSE_DATABASE: clickhouse.database }),
    ...loginVariables('CLICKHOUSE', clickhouse?.login),
  };
}

function loginVariables(of: string, login: Login | undefined): Record<string, string> {
  if (login === undefined) return {};
  return {
    [`CLIPTIDE_${of}_USERNAME`]: login.username,
    [`CLIPTIDE_${of}_PASSWORD`]: login.password.reveal(),
  };
}
