import { isDeepStrictEqual } from 'node:util';
import type { ConfluentRegistry } from './confluent.ts';

/** A field of an Avro record. */
interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}

/** What the registry says about a schema that is to be one of a subject's versions. */
export async function schemaState(
  registry: ConfluentRegistry,
  subject: string,
  text: string,
): Promise<'absent' | 'registered' | 'compatible' | { readonly incompatible: string }> {
  const versions = (await registry.versions(subject)).map(({ schema }) => schema);
  const newest = versions.at(-1);
  if (newest === undefined) return 'absent';
  if (versions.some((version) => isDeepStrictEqual(JSON.parse(version), JSON.parse(text)))) return 'registered';
  if (await registry.isCompatible(subject, text)) return 'compatible';
  return { incompatible: difference(newest, text) };
}

/** What stands out between two records that do not go together; a registry need not give its reasons. */
export function difference(before: string, after: string): string {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const added = [...now.values()].filter((field) => !old.has(field.name) && !hasDefault(field));
  const removed = [...old.values()].filter((field) => !now.has(field.name) && !hasDefault(field));
  const changed = [...now.values()].filter(({ name, type }) => {
    const was = old.get(name);
    return was !== undefined && !isDeepStrictEqual(was.type, type);
  });
  const reasons = [
    ...added.map(({ name }) => `field ${name} is new and has no default`),
    ...removed.map(({ name }) => `field ${name} is gone and had no default`),
    ...changed.map(({ name }) => `field ${name} has another type`),
  ];
  return reasons.length > 0 ? reasons.join(', ') : 'the registry finds it incompatible';
}

const hasDefault = (field: Field): boolean => Object.hasOwn(field, 'default');

function fieldsOf(text: string): ReadonlyMap<string, Field> {
  const { fields = [] } = JSON.parse(text) as { readonly fields?: readonly Field[] };
  return new Map(fields.map((field) => [field.name, field]));
}
