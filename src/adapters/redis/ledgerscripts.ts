import { ticketMs } from '../../domain/turns.ts';
import { luaScript } from './lua.ts';
import { expiredAtOnce, prelude } from './prelude.ts';

const script = (body: string) => luaScript(`${prelude}\n${body.trim()}\n`);
const openOnly = (body: string) => script(`if lost then return answer('lost') end\n${body.trim()}`);

/** What was reserved before a loss is over. */
const setUsed = (used: string) => `
if lost then
  redis.call('DEL', held, leases, queue, tickets)
  redis.call('HSET', scope, 'reserved', '0')
end
if lost or generation == 0 then begin('reconciled') else change() end
redis.call('HSET', scope, 'used', ${used}, 'origin', 'reconciled')
return changed()`;

/** The ledger's scripts; what they take behind the prelude's three arguments, and what they answer behind its three. */
export const scripts = {
  /** cap; nothing. Opens nothing that is lost. */
  setCap: script(`
if not lost then change() end
redis.call('HSET', scope, 'cap', ARGV[4])
return changed()`),

  /** used; nothing. Opens what is lost. */
  reconcile: script(setUsed('ARGV[4]')),

  /** Generation and used, as they were, used; nothing. Or "changed". */
  correct: script(`
local now = lost and 0 or generation
if text(now) ~= ARGV[4] or now > 0 and text(field('used')) ~= ARGV[5] then return answer('changed') end
${setUsed('ARGV[6]')}`),

  /** Nothing; cap, used, reserved, waiting. */
  usage: openOnly(`return usage('ok')`),

  /**
   * id, which is the ticket's, too, amount, ttl, holder, "wait" or "", "urgent" or ""; token, end of the lease. Or
   * "queued": place. Or "budget": cap, used, reserved, how many wait before it. Scores of the urgent are below 0.
   */
  reserve: openOnly(`
local id, amount, ttl, holder = ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local isUrgent = ARGV[9] == 'urgent'
local before = ahead(id, isUrgent)
if before > 0 or not hasRoom(amount) then
  local cap = field('cap')
  if ARGV[8] == 'wait' and cap > 0 and amount <= cap then
    if not redis.call('ZRANK', queue, id) then
      change()
      redis.call('ZADD', queue, text(isUrgent and serial - 9000000000000000 or serial), id)
    end
    redis.call('ZADD', tickets, text(now + ${ticketMs}), id)
    return answer('queued', before + 1)
  end
  leave(id)
  return usage('budget', before)
end
leave(id)
change()
redis.call('HINCRBY', scope, 'reserved', text(amount))
return changed(text(serial), keep(id, text(serial), amount, ttl, holder))`),

  /** id; nothing. */
  leave: script(`
leave(ARGV[4])
return answer('ok')`),

  /** id, token, more; amount, end of the lease. Or "fenced", or "budget": cap, used, reserved, waiting. */
  extend: openOnly(`
local id, token, more = ARGV[4], ARGV[5], tonumber(ARGV[6])
local amount, ttl, holder = find(id, token)
if not amount then return answer('fenced') end
if more > 0 and not hasRoom(more, id) then return usage('budget') end
change()
redis.call('HINCRBY', scope, 'reserved', text(more))
return changed(text(amount + more), keep(id, token, amount + more, ttl, holder))`),

  /** id, token, amount, id of what is taken; what is left, token of what is taken, end of both leases. Or "fenced", or "more": amount. */
  split: openOnly(`
local id, token, amount, taken = ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
local whole, ttl, holder = find(id, token)
if not whole then return answer('fenced') end
if amount > whole then return answer('more', text(whole)) end
change()
keep(id, token, whole - amount, ttl, holder)
return changed(text(whole - amount), text(serial), keep(taken, text(serial), amount, ttl, holder))`),

  /** id, token, actual; nothing. Or "fenced", or "more": amount. */
  commit: openOnly(`
local id, token, actual = ARGV[4], ARGV[5], tonumber(ARGV[6])
local amount = find(id, token)
if not amount then return answer('fenced') end
if actual > amount then return answer('more', text(amount)) end
change()
forget(id, amount)
redis.call('HINCRBY', scope, 'used', text(actual))
return changed()`),

  /** id, token; nothing. Or "fenced". */
  release: openOnly(`
local id, token = ARGV[4], ARGV[5]
local amount = find(id, token)
if not amount then return answer('fenced') end
change()
forget(id, amount)
return changed()`),

  /** holder; amount. */
  releaseAllOf: openOnly(`
local sum = 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', '+inf')) do
  local amount, holder = string.match(redis.call('HGET', held, id), '^%d+ (%d+) %d+ (.*)$')
  if holder == ARGV[4] then
    forget(id, tonumber(amount))
    sum = sum + amount
  end
end
if sum == 0 then return answer('ok', '0') end
change()
return changed(text(sum))`),

  /** amount; nothing. Or "more": used. Void where the scope was rebuilt meanwhile: what is gone was not counted again. */
  refund: openOnly(`
if known and known ~= generation then return changed() end
local amount, used = tonumber(ARGV[4]), field('used')
if amount > used then return answer('more', text(used)) end
change()
redis.call('HINCRBY', scope, 'used', text(0 - amount))
return changed()`),

  /** The most that are taken back at once; id, token, amount and end of the lease of each, in one text. */
  expire: openOnly(`
giveBack(ARGV[4])
local gone = redis.call('LRANGE', givenBack, 0, ARGV[4] - 1)
if #gone == 0 then return answer('ok') end
redis.call('LTRIM', givenBack, #gone, -1)
change()
return changed(unpack(gone))`),

  /** Nothing; nothing. Or "busy": reserved. A lost one goes as well. */
  remove: script(`
giveBack(${expiredAtOnce})
if not lost and field('reserved') > 0 then return answer('busy', text(field('reserved'))) end
redis.call('DEL', scope, held, leases, queue, tickets, givenBack)
redis.call('SET', removed, '1', 'PX', ${24 * 3_600_000})
wasRemoved = true
return changed()`),
} as const;
