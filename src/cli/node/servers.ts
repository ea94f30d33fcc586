import type { ClickHouseServer } from '../../adapters/clickhouse/http.ts';
import type { RedisConnection } from '../../adapters/redis/connection.ts';
import type { ClusterConfig } from '../../config/cluster.ts';

export type RedisConfig = NonNullable<ClusterConfig['redis']>;
export type ClickHouseConfig = NonNullable<ClusterConfig['clickhouse']>;

/** How the configuration's Redis is reached. */
export const redisConnection = (redis: RedisConfig): RedisConnection => ({ url: redis.url, ...accessOf(redis) });

/** How the configuration's ClickHouse is reached. */
export const clickhouseServer = (clickhouse: ClickHouseConfig): ClickHouseServer => ({
  url: clickhouse.url,
  ...accessOf(clickhouse),
});

function accessOf({
  ca,
  login,
}: RedisConfig | ClickHouseConfig): Pick<RedisConnection, 'ca' | 'username' | 'password'> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(login === undefined ? {} : { username: login.username, password: login.password.reveal() }),
  };
}
