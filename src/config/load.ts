import { CliptideError } from '../domain/errors.ts';
import { type Config, slices } from './config.ts';
import { type Environment, fromText, readVariables } from './environment.ts';
import { readFileValues } from './file.ts';
import { type KeyName, type KeyValues, keys } from './keys.ts';
import type { KeySpec } from './keyspec.ts';
import { configError, type Problem, problemsOf, unknownName } from './problem.ts';
import type { RawValue } from './raw.ts';

/** Values that options of the command set, by key, also as text; undefined ones are left out. */
export type Overrides = { readonly [K in KeyName]?: unknown };

export interface LoadOptions {
  readonly cwd: string;
  readonly env?: Environment;
  /** A configuration file; `cliptide.config.json` in `cwd`, if there is one, unless given. */
  readonly file?: string | undefined;
  readonly overrides?: Overrides;
  /** Names that `retentionHours` may hold; any unless given. */
  readonly retained?: readonly string[];
}

/**
 * The configuration: options before `CLIPTIDE_*` before the file before defaults. Throws `config` that names every
 * wrong or unknown key with its place and the reason, and no value.
 */
export function loadConfig(options: LoadOptions): Config {
  const [fromFile, fileProblems] = readFileValues(options.cwd, options.file);
  const [fromVariables, variableProblems] = readVariables(options.cwd, options.env ?? process.env);
  const raw = new Map([...fromFile, ...fromVariables, ...given(options)]);
  const problems = [...fileProblems, ...variableProblems];
  const values: Record<string, unknown> = {};
  for (const [key, spec] of Object.entries<KeySpec>(keys)) {
    const found = raw.get(key);
    const parsed = spec.schema.safeParse(found?.value, { reportInput: true });
    if (parsed.success) values[key] = parsed.data;
    else problems.push(...problemsOf(key, found?.where ?? 'the default', parsed.error.issues, spec.fields));
  }
  if (problems.length > 0) throw configError(problems);
  const known = values as unknown as KeyValues;
  const unknown = unknownRetained(known, raw.get('retentionHours')?.where ?? '', options.retained);
  if (unknown.length > 0) throw configError(unknown);
  return slices(known, (key) => raw.get(key)?.folder ?? options.cwd, new Set(raw.keys()));
}

function given(options: LoadOptions): [string, RawValue][] {
  return Object.entries(options.overrides ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const spec = (keys as Readonly<Record<string, KeySpec>>)[key];
      if (spec === undefined) throw new CliptideError('internal', `no key is named ${key}`);
      const read = typeof value === 'string' ? fromText(spec, value) : value;
      return [key, { value: read, where: 'the command line', folder: options.cwd }];
    });
}

function unknownRetained(values: KeyValues, where: string, known: readonly string[] | undefined): Problem[] {
  if (known === undefined) return [];
  return Object.keys(values.retentionHours)
    .filter((name) => !known.includes(name))
    .map((name) => unknownName(where, 'topic or table with a retention', name, known));
}
