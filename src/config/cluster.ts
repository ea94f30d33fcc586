import { CliptideError } from '../domain/errors.ts';
import type { KeyName, KeyValues } from './keys.ts';
import { readPem } from './pem.ts';
import type { Secret } from './secret.ts';

/** Who signs in where; both or neither. */
export interface Login {
  readonly username: string;
  readonly password: Secret;
}

/** The services of a cluster. */
export interface ClusterConfig {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly prefix: string;
    readonly tls: false | { readonly ca?: string; readonly cert?: string; readonly key?: string };
    readonly saslMechanism: KeyValues['kafka.saslMechanism'];
    readonly login: Login | undefined;
  };
  readonly registry: { readonly url: string; readonly ca: string | undefined; readonly login: Login | undefined };
  readonly redis:
    | {
        readonly url: string;
        readonly prefix: string;
        readonly ca: string | undefined;
        readonly login: Login | undefined;
      }
    | undefined;
  readonly clickhouse:
    | {
        readonly url: string;
        readonly database: string;
        readonly ca: string | undefined;
        readonly login: Login | undefined;
      }
    | undefined;
}

/** Undefined where everything is embedded. Throws `config` for keys that do not go together, naming them. */
export function clusterOf(values: KeyValues, path: (key: KeyName, value: string) => string): ClusterConfig | undefined {
  if (values['kafka.brokers'].length === 0) return embeddedOnly(values);
  const pem = (key: 'kafka.ca' | 'kafka.cert' | 'kafka.key' | 'registry.ca' | 'redis.ca' | 'clickhouse.ca') =>
    values[key] === undefined ? undefined : readPem(key, path(key, values[key]));
  const registry = values['registry.url'];
  if (registry === undefined) throw missing('registry.url', 'kafka.brokers is set, and its records need a registry');
  const { 'redis.url': redis, 'clickhouse.url': clickhouse } = values;
  return {
    kafka: {
      brokers: values['kafka.brokers'],
      prefix: values['kafka.prefix'],
      tls: values['kafka.tls'] && given({ ca: pem('kafka.ca'), cert: pem('kafka.cert'), key: pem('kafka.key') }),
      saslMechanism: values['kafka.saslMechanism'],
      login: login(values, 'kafka'),
    },
    registry: { url: registry, ca: pem('registry.ca'), login: login(values, 'registry') },
    redis: redis && {
      url: redis,
      prefix: values['redis.prefix'],
      ca: pem('redis.ca'),
      login: login(values, 'redis'),
    },
    clickhouse: clickhouse && {
      url: clickhouse,
      database: values['clickhouse.database'],
      ca: pem('clickhouse.ca'),
      login: login(values, 'clickhouse'),
    },
  } as ClusterConfig;
}

function embeddedOnly(values: KeyValues): undefined {
  for (const key of ['registry.url', 'redis.url', 'clickhouse.url'] as const) {
    if (values[key] !== undefined) throw missing('kafka.brokers', `${key} is set, and is used with Kafka only`);
  }
  return undefined;
}

function login(values: KeyValues, of: 'kafka' | 'registry' | 'redis' | 'clickhouse'): Login | undefined {
  const username = values[`${of}.username`];
  const password = values[`${of}.password`];
  if (username === undefined && password === undefined) return undefined;
  // Redis has a user "default" who may need a password only.
  const name = username ?? (of === 'redis' ? 'default' : undefined);
  if (name === undefined) throw missing(`${of}.username`, `${of}.password is set`);
  if (password === undefined) throw missing(`${of}.password`, `${of}.username is set`);
  return { username: name, password };
}

function given(parts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined));
}

const missing = (key: string, why: string): CliptideError =>
  new CliptideError('config', `${key} is missing: ${why}`, { where: 'the configuration', hint: `set ${key}` });
