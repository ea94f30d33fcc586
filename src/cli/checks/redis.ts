import { randomUUID } from 'node:crypto';
import { RedisLink } from '../../adapters/redis/connection.ts';
import { ledgerRights, refusedCommands } from '../../adapters/redis/rights.ts';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import { type RedisConfig, redisConnection } from '../node/servers.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const patienceMs = 3_000;

/** Redis: whether it answers, who we are there, whether the ledger may do what it does, and whether its keys are safe. */
export async function checkRedis(redis: RedisConfig): Promise<Finding[]> {
  let link: RedisLink | undefined;
  try {
    link = new RedisLink(redisConnection(redis), patienceMs);
    await link.run((client) => client.ping());
    const info = await infoOf(link);
    const user = redis.login?.username ?? 'default';
    const version = info?.get('redis_version') ?? 'version unknown';
    return [ok('redis', `${version}, ${link.where}, as ${user}`), await rights(link, redis.prefix), ...safety(info)];
  } catch (error) {
    const { message, hint } = toCliptideError(error);
    return [fail('redis', message, hint ?? 'check redis.url')];
  } finally {
    await link?.close();
  }
}

async function rights(link: RedisLink, prefix: string): Promise<Finding> {
  const todo = `give the user these rights: ${ledgerRights(prefix).join(' ')}`;
  try {
    const refused = await refusedCommands(link, `${prefix}doctor:${randomUUID()}`);
    if (refused.length > 0) return fail('redis rights', `may not ${refused.join(', ')}`, todo);
    return ok('redis rights', `scripts and keys under ${prefix}`);
  } catch (error) {
    return fail('redis rights', toCliptideError(error).message, todo);
  }
}

type Info = ReadonlyMap<string, string>;

/** Undefined where the user may not ask. */
async function infoOf(link: RedisLink): Promise<Info | undefined> {
  try {
    const text = await link.run((client) => client.info());
    const lines = text.split('\r\n').filter((line) => line.includes(':'));
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
  } catch (error) {
    if (error instanceof CliptideError && error.code === 'forbidden') return undefined;
    throw error;
  }
}

/** Whether what is written stays: counters that vanish close the ledger until it is rebuilt. */
function safety(info: Info | undefined): Finding[] {
  if (info === undefined) {
    const todo = 'give the user +info, or see by hand that nothing is evicted (noeviction) and appendonly is on';
    return [warn('redis safety', 'its settings may not be read', todo)];
  }
  return [role(info), eviction(info), persistence(info)];
}

function role(info: Info): Finding {
  if (info.get('role') !== 'slave') return ok('redis role', 'takes writes');
  return fail('redis role', 'a replica, which takes no writes', 'set redis.url to the server that it follows');
}

function eviction(info: Info): Finding {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  const evicts = policy.startsWith('allkeys') && info.get('maxmemory') !== '0';
  if (!evicts) return ok('redis eviction', policy);
  return fail('redis eviction', `${policy} throws counters away`, 'set maxmemory-policy to noeviction');
}

function persistence(info: Info): Finding {
  if (info.get('aof_enabled') === '1') return ok('redis persistence', 'appendonly');
  return warn('redis persistence', 'a restart loses the counters', 'set appendonly to yes');
}
