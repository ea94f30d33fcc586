import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { describeWithPrograms } from './programs.ts';
import { RedisServer } from './redisserver.ts';

/** To be asked within tests and hooks. */
export interface OwnRedis {
  readonly url: string;
  /** A client of the default user. */
  readonly admin: Redis;
}

/** Tests on a Redis that no others use, with these settings besides its port. */
export function describeWithOwnRedis(
  name: string,
  define: (redis: OwnRedis) => void,
  settings: readonly string[] = [],
): void {
  describeWithPrograms(['redis-server'], name, () => {
    let server: RedisServer;
    let admin: Redis;
    beforeAll(async () => {
      server = await RedisServer.start(settings);
      admin = new Redis(server.url);
    });
    afterAll(async () => {
      admin.disconnect();
      await server.remove();
    });
    define({
      get url() {
        return server.url;
      },
      get admin() {
        return admin;
      },
    });
  });
}
