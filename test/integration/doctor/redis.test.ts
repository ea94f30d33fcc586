import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ledgerRights } from '../../../src/adapters/redis/rights.ts';
import { checkRedis } from '../../../src/cli/checks/redis.ts';
import { Secret } from '../../../src/config/secret.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { RedisServer } from '../../support/redisserver.ts';

const password = 'a-password-of-this-test';
const secret = new Secret(password);

describeWithPrograms(['redis-server'], 'doctor on Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  const check = async (username: string, prefix = 'team.', given = secret) => {
    const findings = await checkRedis({
      url: server.url,
      prefix,
      ca: undefined,
      login: { username, password: given },
    });
    expect(JSON.stringify(findings)).not.toContain(password);
    for (const { status, todo } of findings) expect(todo === undefined).toBe(status === 'ok');
    return Object.fromEntries(findings.map(({ name, status, found }) => [name, [status, found]]));
  };
  beforeAll(async () => {
    server = await RedisServer.start(['--requirepass', password]);
    admin = new Redis(server.url, { password });
    const user = (name: string, ...rights: string[]) => admin.acl('SETUSER', name, 'on', `>${password}`, ...rights);
    const needed = ledgerRights('team.');
    await user('whole', ...needed, '+info');
    await user('narrow', ...needed);
    await user('nohash', ...needed, '+info', '-hset', '-zadd');
    await user('reader', '~team.*', '+@read', '+@connection');
  });
  afterAll(async () => {
    admin.disconnect();
    await server.remove();
  });

  it('finds all well for a user with the rights that it asks for, and leaves nothing behind', async () => {
    const found = await check('whole');
    expect(found).toEqual({
      redis: ['ok', expect.stringMatching(/^\d+\.\d+\.\d+, 127\.0\.0\.1:\d+, as whole$/)],
      'redis rights': ['ok', 'scripts and keys under team.'],
      'redis role': ['ok', 'takes writes'],
      'redis eviction': ['ok', 'noeviction'],
      'redis persistence': ['ok', 'appendonly'],
    });
    for (const key of await admin.keys('*')) expect(await admin.pttl(key)).toBeGreaterThanOrEqual(0);
  });

  it('says which commands are refused', async () => {
    expect(await check('nohash')).toMatchObject({ 'redis rights': ['fail', 'may not HSET, ZADD'] });
  });

  it('says that scripts, or keys under another prefix, are refused', async () => {
    expect(await check('reader')).toMatchObject({ 'redis rights': ['fail', expect.stringContaining('evalsha')] });
    expect(await check('whole', 'other.')).toMatchObject({ 'redis rights': ['fail', expect.stringMatching(/keys?/)] });
  });

  it('warns where it cannot see whether keys are safe', async () => {
    expect(await check('narrow')).toMatchObject({
      'redis rights': ['ok', expect.anything()],
      'redis safety': ['warn', expect.anything()],
    });
  });

  it('says that counters may vanish', async () => {
    await admin.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru', 'appendonly', 'no');
    expect(await check('whole')).toMatchObject({
      'redis eviction': ['fail', expect.stringContaining('allkeys-lru')],
      'redis persistence': ['warn', expect.anything()],
    });
  });

  it('says what is wrong where nobody may sign in, or nobody listens', async () => {
    expect(await check('whole', 'team.', new Secret('wrong'))).toEqual({
      redis: ['fail', expect.stringContaining('WRONGPASS')],
    });
    const nowhere = { url: 'redis://127.0.0.1:1', prefix: '', ca: undefined, login: undefined };
    expect(await checkRedis(nowhere)).toMatchObject([{ status: 'fail', found: expect.stringContaining('away') }]);
  });
});
