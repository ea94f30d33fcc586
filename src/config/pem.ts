import { readFileSync } from 'node:fs';
import { CliptideError } from '../domain/errors.ts';

/** A file of certificates or keys that a configuration key names. Throws `config` when it cannot be read. */
export function readPem(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliptideError('config', `${key} names a file that cannot be read`, { where: path, cause });
  }
}
