/** Most leases that one script takes back: Redis does nothing else meanwhile. */
export const expiredAtOnce = 500;

/**
 * What every script begins with.
 *
 * A scope has a generation, which begins when it is first written to, and a serial number that grows with every change.
 * Both start at the server's time in microseconds, so that they and the tokens taken from the serial number also grow
 * when all was lost in between. Clients remember the newest that they saw: a scope that is gone, was begun anew by
 * somebody who did not know it, or went back in time is lost, and is closed for everyone until it is reconciled.
 *
 * An operation that was carried out leaves its answer for a minute: a client whose connection broke asks again by the
 * same number. Numbers go to strings by %.0f, since Lua's own way keeps 14 digits; arithmetic is exact below 2^53.
 */
export const prelude = `
local scope, held, leases, done = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local queue, tickets, givenBack, removed = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local known, seen = tonumber(ARGV[1]), tonumber(ARGV[2])
local answered = redis.call('GET', done)
if answered then return cmsgpack.unpack(answered) end

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = tonumber(ARGV[3]) or math.floor(micros / 1000)
local function text(number) return string.format('%.0f', number) end
local function field(name) return tonumber(redis.call('HGET', scope, name) or '0') end
local generation, serial = field('generation'), field('serial')
local wasRemoved = generation == 0 and redis.call('EXISTS', removed) == 1

local function isLost()
  if wasRemoved then return false end
  if redis.call('HEXISTS', scope, 'closed') == 1 then return true end
  if not known then return false end
  if generation == known then return serial < seen end
  return generation < known or redis.call('HGET', scope, 'origin') ~= 'reconciled'
end
local lost = isLost()
if lost then redis.call('HSET', scope, 'closed', '1') end

local function answer(status, ...)
  return { status, wasRemoved and 'removed' or text(generation), text(serial), ... }
end
local function begin(origin)
  generation = math.max(micros, generation + 1, (known or 0) + 1)
  serial = math.max(generation, serial + 1, (seen or 0) + 1)
  redis.call('HSET', scope, 'generation', text(generation), 'serial', text(serial), 'origin', origin)
  redis.call('HDEL', scope, 'closed')
  redis.call('DEL', removed)
  wasRemoved = false
end
local function change()
  if generation == 0 then begin(wasRemoved and 'reconciled' or 'first') else serial = redis.call('HINCRBY', scope, 'serial', 1) end
end
local function changed(...)
  local reply = answer('ok', ...)
  redis.call('SET', done, cmsgpack.pack(reply), 'PX', 60000)
  return reply
end
local function waiting() return redis.call('ZCOUNT', tickets, '(' .. text(now), '+inf') end
local function usage(status, ahead)
  return answer(status, text(field('cap')), text(field('used')), text(field('reserved')), ahead or waiting())
end
local function fits(amount)
  local cap = field('cap')
  return cap > 0 and field('used') + field('reserved') + amount <= cap
end
local function find(id, token)
  local own, amount, ttl, holder = string.match(redis.call('HGET', held, id) or '', '^(%d+) (%d+) (%d+) (.*)$')
  if own == token then return tonumber(amount), ttl, holder end
end
local function keep(id, token, amount, ttl, holder)
  redis.call('HSET', held, id, token .. ' ' .. text(amount) .. ' ' .. ttl .. ' ' .. holder)
  local expires = text(now + ttl)
  redis.call('ZADD', leases, expires, id)
  return expires
end
local function forget(id, amount)
  redis.call('HDEL', held, id)
  redis.call('ZREM', leases, id)
  redis.call('HINCRBY', scope, 'reserved', text(0 - amount))
end
local function giveBack(limit, but)
  local over = redis.call('ZRANGEBYSCORE', leases, '-inf', text(now), 'WITHSCORES', 'LIMIT', 0, limit)
  for index = 1, #over, 2 do
    local id = over[index]
    if id ~= but then
      local token, amount = string.match(redis.call('HGET', held, id), '^(%d+) (%d+) ')
      forget(id, tonumber(amount))
      redis.call('RPUSH', givenBack, id .. ' ' .. token .. ' ' .. amount .. ' ' .. over[index + 1])
    end
  end
end
local function hasRoom(amount, but)
  if not fits(amount) then giveBack(${expiredAtOnce}, but) end
  return fits(amount)
end
local function leave(id)
  redis.call('ZREM', queue, id)
  redis.call('ZREM', tickets, id)
end
local function ahead(id, isUrgent)
  for _, dead in ipairs(redis.call('ZRANGEBYSCORE', tickets, '-inf', text(now))) do leave(dead) end
  local rank = redis.call('ZRANK', queue, id)
  if rank then return rank end
  if isUrgent then return redis.call('ZCOUNT', queue, '-inf', '(0') end
  return redis.call('ZCARD', queue)
end
`;
