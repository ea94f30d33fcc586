import type { RedisLink } from './connection.ts';
import { luaScript, runScript } from './lua.ts';

/** What the ledger's scripts ask of Redis, with something behind the key. */
const commands = [
  'GET',
  'HGET 1',
  'HSET 1 1',
  'HDEL 1',
  'HEXISTS 1',
  'HINCRBY 1 1',
  'ZADD 1 1',
  'ZREM 1',
  'ZRANGEBYSCORE 0 1',
  'ZRANK 1',
  'ZCARD',
  'ZCOUNT 0 1',
  'RPUSH 1',
  'LRANGE 0 1',
  'LTRIM 0 1',
  'SADD 1',
  'SREM 1',
  'SMEMBERS',
] as const;

/** The rules of an ACL user who may do what the ledger does, and no more. */
export function ledgerRights(prefix: string): readonly string[] {
  const inScripts = ['TIME', 'SET', 'EXISTS', 'DEL', ...commands.map((command) => command.replace(/ .*/, ''))];
  const used = ['EVAL', 'EVALSHA', ...inScripts].map((command) => `+${command.toLowerCase()}`);
  return [`~${prefix}*`, '+@connection', ...used];
}

/**
 * Tries each on a key that holds a text and is gone after a second: what is allowed says that the key is of the wrong
 * type, so that nothing is changed.
 */
const probe = luaScript(`
redis.call('TIME')
local refused = {}
for _, command in ipairs({ 'EXISTS', 'DEL' }) do
  local reply = redis.pcall(command, KEYS[1])
  if type(reply) == 'table' and reply.err then refused[#refused + 1] = command end
end
redis.call('SET', KEYS[1], '1', 'PX', '1000')
for _, command in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(command, '%S+') do words[#words + 1] = word end
  local reply = redis.pcall(words[1], KEYS[1], unpack(words, 2))
  local problem = type(reply) == 'table' and reply.err
  if problem and not string.find(problem, 'WRONGTYPE', 1, true) then refused[#refused + 1] = words[1] end
end
return refused`);

/** The commands that the ledger needs and the user may not use on a key. Rejects with `forbidden` where no script runs. */
export async function refusedCommands(link: RedisLink, key: string): Promise<readonly string[]> {
  return (await link.run((client) => runScript(client, probe, [key], commands))) as string[];
}
