import { z } from 'zod';
import { keys, variableOf } from '../src/config/keys.ts';
import type { KeySpec } from '../src/config/keyspec.ts';
import { sourceFields } from '../src/config/source.ts';
import { retentionDefaults } from '../topology/retention.ts';

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

/** A row for everything that has a retention, with its default. */
export function retentionTable(): string {
  const rows = Object.entries(retentionDefaults).map(([name, hours]) => `| ${code(name)} | ${keptFor(hours)} |`);
  return ['| Name | Default |', '|---|---|', ...rows].join('\n');
}

function keptFor(hours: number | null): string {
  if (hours === null) return 'for ever';
  return hours % 24 === 0 ? `${hours} (${hours / 24} ${hours === 24 ? 'day' : 'days'})` : String(hours);
}

function variables(key: string, spec: KeySpec): string {
  const name = variableOf(key);
  return spec.secret === true ? `${code(name)}, ${code(`${name}_FILE`)}` : code(name);
}

/** In the unit that it is a whole number of. */
function sizeOf(bytes: number): string {
  if (bytes % 1e9 === 0) return `${bytes / 1e9} GB`;
  return bytes % 1e6 === 0 ? `${bytes / 1e6} MB` : `${bytes / 2 ** 30} GiB`;
}

/** An absent value parses to the default. */
function defaultOf(spec: KeySpec): string {
  const value = spec.schema.parse(undefined);
  if (value === undefined) return '-';
  if (spec.type === 'size') return code(sizeOf(Number(value)));
  return code(spec.type === 'text' || spec.type === 'path' ? String(value) : JSON.stringify(value));
}
