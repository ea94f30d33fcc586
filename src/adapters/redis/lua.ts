import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A script that Redis runs as one step. */
export interface LuaScript {
  readonly text: string;
  /** SHA-1 of the text, by which Redis knows a script that it has seen. */
  readonly sha: string;
}

export const luaScript = (text: string): LuaScript => ({ text, sha: createHash('sha1').update(text).digest('hex') });

/** Runs a script by its hash; sends its text when Redis does not know it (any more), which loads it. */
export async function runScript(
  client: Redis,
  { text, sha }: LuaScript,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...values);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return client.eval(text, keys.length, ...keys, ...values);
  }
}
