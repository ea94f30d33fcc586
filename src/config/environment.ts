import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type KeyName, keys, variableOf } from './keys.ts';
import type { KeySpec } from './keyspec.ts';
import { type Problem, unknownName } from './problem.ts';
import type { RawValue } from './raw.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = 'CLIPTIDE_';
const fileSuffix = '_FILE';

/** Variables by name; a secret one can be given by the name of a file that holds it. */
const variables: ReadonlyMap<string, KeyName> = new Map(
  (Object.keys(keys) as KeyName[]).flatMap((key): [string, KeyName][] => {
    const spec: KeySpec = keys[key];
    if (spec.only === 'file') return [];
    const name = variableOf(key);
    return spec.secret
      ? [
          [name, key],
          [name + fileSuffix, key],
        ]
      : [[name, key]];
  }),
);

/** Whether errors are to be printed in full; asked before the rest of the configuration could be read. */
export function wantsDebug(env: Environment = process.env): boolean {
  return env.CLIPTIDE_DEBUG === '1' || env.CLIPTIDE_DEBUG === 'true';
}

/** Values of `CLIPTIDE_*` by key, and their faults. Empty variables count as unset. */
export function readVariables(cwd: string, env: Environment): [Map<string, RawValue>, Problem[]] {
  const values = new Map<string, RawValue>();
  const problems: Problem[] = [];
  for (const [name, written] of Object.entries(env)) {
    if (!name.startsWith(prefix) || written === undefined || written === '') continue;
    const key = variables.get(name);
    if (key === undefined) {
      problems.push(unknownName('the environment', 'variable', name, variables.keys()));
      continue;
    }
    try {
      const fromFile = name === variableOf(key) + fileSuffix;
      const content = fromFile ? readFileSync(resolve(cwd, written), 'utf8').trim() : written;
      values.set(key, { value: fromText(keys[key], content), where: name, folder: cwd });
    } catch {
      problems.push({ where: name, text: reasonFor(name, key) });
    }
  }
  return [values, problems];
}

function reasonFor(name: string, key: KeyName): string {
  return name.endsWith(fileSuffix) && name !== variableOf(key)
    ? `${key} cannot be read from the file that ${name} names`
    : `${key} must be JSON`;
}

/** A value that was written as text: in a variable or an option. Throws when JSON is wanted and is not there; what is merely wrong is left to the key's schema. */
export function fromText(spec: KeySpec, written: string): unknown {
  if (spec.type === 'json') return JSON.parse(written);
  if (spec.type === 'list') return written.split(',').map((item) => item.trim());
  if (spec.type === 'number') return written.trim() === '' ? written : Number(written);
  if (spec.type === 'switch') return { '1': true, true: true, '0': false, false: false }[written] ?? written;
  return written;
}
