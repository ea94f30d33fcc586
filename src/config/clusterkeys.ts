import { z } from 'zod';
import type { KeySpec } from './keyspec.ts';
import { address, choice, secret, text } from './values.ts';

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const prefixReason = 'must be letters, digits, dots, dashes and underscores';
const prefix = z.string({ error: 'must be a text' }).regex(/^[A-Za-z0-9._-]*$/, { error: prefixReason });
const database = z
  .string({ error: 'must be a text' })
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be letters, digits and underscores' });
const broker = z
  .string({ error: 'must be host:port' })
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:,]+):\d{1,5}$/, { error: 'must be host:port' });
const redisAddress = z.string({ error: 'must be a redis or rediss address' }).refine(
  (value) => {
    const url = URL.parse(value);
    return url !== null && /^rediss?:$/.test(url.protocol) && url.username === '' && url.password === '';
  },
  { error: 'must be a redis or rediss address without a user and password in it' },
);

const ca = (of: string): KeySpec & { schema: z.ZodOptional<typeof text> } => ({
  schema: text.optional(),
  type: 'path',
  description: `File with the authorities that ${of}'s certificate is checked against (PEM); the system's unless given.`,
});
const username = (of: string, needs: string): KeySpec & { schema: z.ZodOptional<typeof text> } => ({
  schema: text.optional(),
  type: 'text',
  description: `User at ${of}${needs}.`,
});
const password = (of: string) => ({
  schema: secret(text).optional(),
  type: 'text' as const,
  secret: true as const,
  description: `Password at ${of}.`,
});

/** The keys of a cluster; without `kafka.brokers` everything is embedded. */
export const clusterKeys = {
  'kafka.brokers': {
    schema: z.array(broker, { error: 'must be a list of host:port' }).default([]),
    type: 'list',
    description: 'Brokers to begin with, as `host:port`. With them the topics are in Kafka, not in the data folder.',
  },
  'kafka.prefix': {
    schema: prefix.default(''),
    type: 'text',
    description: 'Stands before every name of a topic, a consumer group and a schema.',
  },
  'kafka.tls': {
    schema: z.boolean({ error: 'must be true or false' }).default(false),
    type: 'switch',
    description: 'Whether the brokers are reached over TLS.',
  },
  'kafka.ca': ca('Kafka'),
  'kafka.cert': { schema: text.optional(), type: 'path', description: "File with this client's certificate (PEM)." },
  'kafka.key': { schema: text.optional(), type: 'path', description: 'File with the key of that certificate (PEM).' },
  'kafka.saslMechanism': {
    schema: choice(mechanisms).default('scram-sha-512'),
    type: 'choice',
    values: mechanisms.join(', '),
    description: 'How `kafka.username` signs in.',
  },
  'kafka.username': username('Kafka', '; SASL is used where it is given'),
  'kafka.password': password('Kafka'),
  'registry.url': {
    schema: address.optional(),
    type: 'text',
    description: "Address of a schema registry with Confluent's API, such as `http://registry:8080/apis/ccompat/v7`.",
  },
  'registry.ca': ca('the registry'),
  'registry.username': username('the registry', ''),
  'registry.password': password('the registry'),
  'redis.url': {
    schema: redisAddress.optional(),
    type: 'text',
    description:
      'Address of the Redis that holds the quota counters (`rediss:` is TLS); without it each node has its own.',
  },
  'redis.prefix': {
    schema: prefix.default('cliptide.'),
    type: 'text',
    description: 'Stands before every key in Redis.',
  },
  'redis.ca': ca('Redis'),
  'redis.username': username('Redis', ' (ACL)'),
  'redis.password': password('Redis'),
  'clickhouse.url': {
    schema: address.optional(),
    type: 'text',
    description: 'Address of a ClickHouse server; without it the results are in the data folder.',
  },
  'clickhouse.database': {
    schema: database.default('cliptide'),
    type: 'text',
    description: 'Database of the tables and views.',
  },
  'clickhouse.ca': ca('ClickHouse'),
  'clickhouse.username': username('ClickHouse', ''),
  'clickhouse.password': password('ClickHouse'),
} as const satisfies Readonly<Record<string, KeySpec>>;
