import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliptideError } from '../domain/errors.ts';
import { keys } from './keys.ts';
import { type Problem, unknownName } from './problem.ts';
import type { RawValue } from './raw.ts';

export const fileName = 'cliptide.config.json';

/** Values of a configuration file by key, and its faults. The default file may be absent; a named one must exist. */
export function readFileValues(cwd: string, named: string | undefined): [Map<string, RawValue>, Problem[]] {
  const path = named === undefined ? join(cwd, fileName) : resolve(cwd, named);
  const content = read(path, named !== undefined);
  const values = new Map<string, RawValue>();
  const problems: Problem[] = [];
  if (content === undefined) return [values, problems];
  const settable = Object.entries(keys).filter(([, spec]) => !('only' in spec) || spec.only !== 'environment');
  const known = new Set(settable.map(([key]) => key));
  const groups = new Set([...known].filter((key) => key.includes('.')).map((key) => key.split('.')[0] ?? ''));
  const place = (name: string, value: unknown): void => {
    if (known.has(name)) values.set(name, { value, where: path, folder: dirname(path) });
    else if (groups.has(name) && isObject(value))
      for (const [field, inner] of Object.entries(value)) place(`${name}.${field}`, inner);
    else if (groups.has(name)) problems.push({ where: path, text: `${name} must be an object` });
    else problems.push(unknownName(path, 'key', name, known));
  };
  for (const [name, value] of Object.entries(parse(path, content))) place(name, value);
  return [values, problems];
}

function read(path: string, needed: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (!needed && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const hint = 'give a file that exists and that can be read';
    throw new CliptideError('config', 'the configuration file cannot be read', { where: path, hint, cause });
  }
}

/** The parser's own message quotes the text around the fault, which may be a secret: only its place is passed on. */
function parse(path: string, content: string): Record<string, unknown> {
  const hint = 'it is a JSON object: double quotes, no comments, no comma after the last entry';
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    const at = /\(line (\d+) column (\d+)\)/.exec(String(error));
    const where = at === null ? path : `${path}:${at[1]}:${at[2]}`;
    throw new CliptideError('config', 'the configuration file is not valid JSON', { where, hint });
  }
  if (!isObject(value)) throw new CliptideError('config', 'the configuration file is no object', { where: path, hint });
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
