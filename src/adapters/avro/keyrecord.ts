import type { SchemaRegistry } from '../../ports/codec.ts';

/**
 * Kafka does not know what a topic is keyed by, so the registry keeps that: a record with the one field, under a subject
 * of its own. It says what the key is; on the wire a key is its plain text. Another field would not be compatible, so
 * the registry holds on to the key, too.
 */
const subjectOf = (topic: string): string => `${topic}-keyed-by`;

const schemaOf = (key: string): string =>
  JSON.stringify({ type: 'record', name: 'Key', namespace: 'cliptide', fields: [{ name: key, type: 'string' }] });

export async function recordKey(registry: SchemaRegistry, topic: string, key: string): Promise<void> {
  await registry.register(subjectOf(topic), schemaOf(key));
}

/** Undefined where nothing is on record. */
export async function recordedKey(registry: SchemaRegistry, topic: string): Promise<string | undefined> {
  const newest = (await registry.versions(subjectOf(topic))).at(-1);
  if (newest === undefined) return undefined;
  const { fields } = JSON.parse(newest.schema) as { readonly fields?: readonly { readonly name: string }[] };
  return fields?.[0]?.name;
}
