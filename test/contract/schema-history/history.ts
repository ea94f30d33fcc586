import { readdirSync, readFileSync } from 'node:fs';

export const versionFile = (schema: string, version: number): URL =>
  new URL(`${schema}.${version}.avsc`, import.meta.url);

/** Texts of all recorded versions, oldest first, by the schema's name. */
export function schemaHistory(): ReadonlyMap<string, readonly string[]> {
  const counts = new Map<string, number>();
  for (const file of readdirSync(new URL('./', import.meta.url))) {
    const name = /^(.+)\.\d+\.avsc$/.exec(file)?.[1];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const versions = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => readFileSync(versionFile(name, index + 1), 'utf8'));
  return new Map([...counts].map(([name, count]) => [name, versions(name, count)]));
}

export const sameSchema = (one: string, other: string): boolean =>
  JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
