import { expect, it } from 'vitest';
import { fromClickHouse } from '../../../src/adapters/clickhouse/failures.ts';
import { kafkaFailure } from '../../../src/adapters/kafka/failures.ts';
import { redisFailure } from '../../../src/adapters/redis/failures.ts';
import { type KeyName, variableOf } from '../../../src/config/keys.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

const services: readonly (readonly [
  KeyName,
  (error: unknown, where: string) => { readonly hint: string | undefined },
])[] = [
  ['kafka.brokers', kafkaFailure],
  ['redis.url', redisFailure],
  ['clickhouse.url', fromClickHouse],
];

it.each(services)('a service that is away is told of with what configured it: %s', (key, failure) => {
  expect(failure(refused, '127.0.0.1:1').hint).toContain(`at ${key} (${variableOf(key)})`);
});
