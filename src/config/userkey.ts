import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliptideError } from '../domain/errors.ts';
import type { Config } from './config.ts';

const fileName = 'user.key';

/**
 * The key of chatters' pseudonyms: the configured one, else the data folder's own, which is made on first use (mode
 * 0600). Losing it makes new pseudonyms; giving it away makes the old ones guessable.
 */
export function userKeyOf(config: Pick<Config, 'data' | 'userKey'>): string {
  if (config.userKey !== undefined) return config.userKey.reveal();
  const path = join(config.data.dir, fileName);
  mkdirSync(config.data.dir, { recursive: true });
  if (!existsSync(path)) create(path);
  const key = readFileSync(path, 'utf8').trim();
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  const hint = `restore it from a copy, or delete it and let Cliptide make new pseudonyms`;
  throw new CliptideError('corrupt', "the key of chatters' pseudonyms is damaged", { where: path, hint });
}

/** Of two processes that start at once one's key gets the name, whole; the other reads it. */
function create(path: string): void {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, randomBytes(32).toString('hex'), { mode: 0o600 });
  try {
    linkSync(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(part);
  }
}
