import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { SchemaRecords } from '../../domain/records.gen.ts';

export type SchemaName = keyof SchemaRecords;

/** Reader schemas as JSON text, by name. */
export type SchemaTexts = ReadonlyMap<SchemaName, string>;

/** The package's `schemas` folder: the nearest above this file, which lies in `src` or, compiled, in `dist/src`. */
function schemasFolder(): URL {
  let folder = new URL('./', import.meta.url);
  while (!existsSync(new URL('schemas/live.analytics.avsc', folder))) {
    const parent = new URL('../', folder);
    if (parent.href === folder.href) throw new Error(`no schemas folder above ${import.meta.url}`);
    folder = parent;
  }
  return new URL('schemas/', folder);
}

/** Reads every `<name>.avsc` of the package, or of another folder (its URL ends in a slash). */
export function loadSchemas(folder: URL = schemasFolder()): SchemaTexts {
  const files = readdirSync(folder).filter((file) => file.endsWith('.avsc'));
  return new Map(
    files.map((file) => {
      const schema: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
      return [file.replace(/\.avsc$/, '') as SchemaName, JSON.stringify(schema)];
    }),
  );
}
