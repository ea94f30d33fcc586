import { z } from 'zod';
import { keys, variableOf } from '../src/config/keys.ts';
import type { KeySpec } from '../src/config/keyspec.ts';
import { sourceFields } from '../src/config/source.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** A row for every key, from the schema that checks it. */
export function configurationTable(): string {
  const rows = Object.entries<KeySpec>(keys).map(([key, spec]) => {
    const variable = spec.only === 'file' ? '-' : variables(key, spec);
    const name = spec.only === 'environment' ? '-' : code(key);
    const type = spec.values ?? `${spec.type}${spec.secret === true ? ', secret' : ''}`;
    return `| ${name} | ${variable} | ${cell(type)} | ${defaultOf(spec)} | ${cell(spec.description)} |`;
  });
  return ['| Key | Variable | Value | Default | What it is |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** A row for every field of an entry of `sources`. */
export function sourcesTable(): string {
  const rows = Object.entries<z.ZodType>(sourceFields).map(([name, schema]) => {
    const needed = schema.safeParse(undefined).success ? 'no' : 'yes';
    return `| ${code(name)} | ${needed} | ${cell(z.globalRegistry.get(schema)?.description ?? '')} |`;
  });
  return ['| Field | Needed | What it is |', '|---|---|---|', ...rows].join('\n');
}

function variables(key: string, spec: KeySpec): string {
  const name = variableOf(key);
  return spec.secret === true ? `${code(name)}, ${code(`${name}_FILE`)}` : code(name);
}

/** An absent value parses to the default. */
function defaultOf(spec: KeySpec): string {
  const value = spec.schema.parse(undefined);
  if (value === undefined) return '-';
  if (spec.type === 'size')
    return code(Number(value) % 1e9 === 0 ? `${Number(value) / 1e9} GB` : `${Number(value) / 2 ** 30} GiB`);
  return code(spec.type === 'text' || spec.type === 'path' ? String(value) : JSON.stringify(value));
}
