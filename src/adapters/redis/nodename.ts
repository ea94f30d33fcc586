import { CliptideError, isTransient } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type RedisConnection, RedisLink } from './connection.ts';
import { nodeKeys } from './keys.ts';
import { luaScript, runScript } from './lua.ts';

/** A process that gives no sign of life for so long has no name any more, in milliseconds. */
const leaseMs = 30_000;
const renewEveryMs = 5_000;
/** Between two looks at a process whose name is wanted. */
const lookEveryMs = 500;
/** Nobody who stops waits long for a Redis that is away: the lease ends as well. */
const lastPatienceMs = 1_000;

export interface NodeNameOptions {
  readonly connection: RedisConnection;
  /** Stands before every key. */
  readonly prefix: string;
  readonly node: string;
  /** Id of this process. */
  readonly owner: string;
  /** Its machine and data folder, for people. */
  readonly place: string;
  /** Ids of all processes that have the data folder open; those of dead ones do no harm. */
  readonly neighbours: () => Promise<readonly string[]>;
  /** Told where another process has the name, before it is waited for. */
  readonly onWait: (place: string) => void;
  readonly clock: Clock;
  /** The time by which leases end, in milliseconds since 1970; the server's unless given. */
  readonly now?: () => number;
}

/** The name of a node, held for this process. */
export interface HeldName {
  /** Rejects with `config` when a process of another data folder has the name, which this one let slip. */
  readonly lost: Promise<never>;
  release(): Promise<void>;
}

/**
 * Takes the name of a node for a process of its data folder, beside others of the same folder. Where another folder's
 * process has it, waits until that one shows that it lives, and rejects with `config`, or until its lease is over: a
 * folder that was moved or replaced needs no more than that. Rejects with `unavailable` or `forbidden` as a ledger does.
 */
export async function holdNodeName(options: NodeNameOptions): Promise<HeldName> {
  const name = new NodeName(options);
  try {
    await name.take();
  } catch (error) {
    await name.close();
    throw error;
  }
  const stopped = new AbortController();
  const { promise: lost, reject } = Promise.withResolvers<never>();
  // Who does not wait for it is not to be ended by it.
  lost.catch(() => undefined);
  const holding = name.keep(stopped.signal).catch(reject);
  const release = async (): Promise<void> => {
    stopped.abort();
    await name.leave().catch(() => undefined);
    // Ends a renewal that waits for a Redis that is away, too.
    await name.close();
    await holding;
  };
  return { lost, release };
}

/** What each script of a name begins with: without those whose leases are over. */
const prelude = `
local processes, places = KEYS[1], KEYS[2]
local id = ARGV[1]
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or math.floor((time[1] * 1000000 + time[2]) / 1000)
local function text(number) return string.format('%.0f', number) end
local function forget(one)
  redis.call('ZREM', processes, one)
  redis.call('HDEL', places, one)
end
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', processes, '-inf', text(now))) do forget(dead) end
`;

const scripts = {
  /** Place, lease, ids beside which it may be; id, end of the lease and place of each other one: then it has no name. */
  take: luaScript(`${prelude}
if not redis.call('ZRANK', processes, id) then
  local beside, others = {}, {}
  for index = 5, #ARGV do beside[ARGV[index]] = true end
  local all = redis.call('ZRANGEBYSCORE', processes, '-inf', '+inf', 'WITHSCORES')
  for index = 1, #all, 2 do
    if not beside[all[index]] then
      others[#others + 1] = all[index]
      others[#others + 1] = all[index + 1]
      others[#others + 1] = redis.call('HGET', places, all[index]) or ''
    end
  end
  if #others > 0 then return others end
end
redis.call('ZADD', processes, text(now + ARGV[4]), id)
redis.call('HSET', places, id, ARGV[3])
return {}`),
  leave: luaScript(`${prelude}
forget(id)
return {}`),
} as const;

class NodeName {
  readonly #options: NodeNameOptions;
  readonly #link: RedisLink;
  readonly #keys: readonly string[];

  constructor(options: NodeNameOptions) {
    this.#options = options;
    this.#link = new RedisLink(options.connection);
    this.#keys = nodeKeys(options.prefix, options.node);
  }

  async take(signal?: AbortSignal): Promise<void> {
    const seen = new Map<string, number>();
    for (;;) {
      const others = await this.#strangers();
      if (others.length === 0) return;
      for (const { id, untilMs, place } of others) {
        if (untilMs > (seen.get(id) ?? untilMs)) throw this.#twice(place);
        if (!seen.has(id)) this.#options.onWait(place);
        seen.set(id, untilMs);
      }
      await this.#options.clock.sleep(lookEveryMs, signal);
    }
  }

  /** Until it is lost, or the signal aborts. While Redis is away, nobody else gets the name either. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#options.clock.sleep(renewEveryMs, signal);
        await this.take(signal);
      } catch (error) {
        if (!signal.aborted && !isTransient(error)) throw error;
      }
    }
  }

  async leave(): Promise<void> {
    const { owner, now } = this.#options;
    await this.#run(scripts.leave, [owner, now?.() ?? ''], lastPatienceMs);
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /** Those who have the name and are not of this folder; with none of them it is taken, or held on to. */
  async #strangers(): Promise<readonly Other[]> {
    const others = await this.#try([]);
    return others.length === 0 ? others : this.#try(await this.#options.neighbours());
  }

  async #try(beside: readonly string[]): Promise<readonly Other[]> {
    const { owner, now, place } = this.#options;
    const answer = await this.#run(scripts.take, [owner, now?.() ?? '', place, leaseMs, ...beside]);
    const others: Other[] = [];
    for (let index = 0; index < answer.length; index += 3) {
      const [id = '', until, there = ''] = answer.slice(index, index + 3);
      others.push({ id, untilMs: Number(until), place: there });
    }
    return others;
  }

  async #run(
    script: (typeof scripts)[keyof typeof scripts],
    values: readonly (string | number)[],
    patienceMs?: number,
  ): Promise<string[]> {
    return (await this.#link.run((client) => runScript(client, script, this.#keys, values), patienceMs)) as string[];
  }

  #twice(other: string): CliptideError {
    const { node, place } = this.#options;
    return new CliptideError('config', `two data folders have the node name "${node}": ${place} and ${other}`, {
      where: this.#link.where,
      hint: 'give each data folder a name of its own: --node NAME, or the key "node"',
    });
  }
}

interface Other {
  readonly id: string;
  readonly untilMs: number;
  readonly place: string;
}
