import { isDeepStrictEqual } from 'node:util';
import { CliptideError } from '../../domain/errors.ts';
import type { SchemaRecords } from '../../domain/records.gen.ts';
import type { SchemaCodec, SchemaRegistry } from '../../ports/codec.ts';
import { decoder } from './decoder.ts';
import { encoder } from './encoder.ts';
import type { SchemaName, SchemaTexts } from './schemas.ts';
import { typeOf } from './types.ts';
import { schemaError, schemaId } from './wire.ts';
import { Writers } from './writers.ts';

export interface CodecOptions {
  readonly registry: SchemaRegistry;
  /** Readers' schemas (`loadSchemas`); they are also what is written. */
  readonly schemas: SchemaTexts;
}

interface Schema {
  readonly encode: (record: unknown) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** The registry's name for a schema: Confluent's for the topic of the same name. */
export const subjectOf = (schema: SchemaName): string => `${schema}-value`;

/** Registers every schema. Embedded: at each start; in a cluster: when the topology is applied. */
export async function registerSchemas(registry: SchemaRegistry, schemas: SchemaTexts): Promise<void> {
  for (const [name, text] of schemas) await registry.register(subjectOf(name), text);
}

/** Rejects with `unavailable` when the registry cannot be asked, or lacks one of the schemas. */
export async function createCodec({ registry, schemas }: CodecOptions): Promise<SchemaCodec> {
  const writers = new Writers(registry);
  const known = new Map<string, Schema>();
  for (const [name, text] of schemas) known.set(name, await open(name, text, registry, writers));
  const schema = (name: string): Schema => {
    const found = known.get(name);
    if (found === undefined) throw schemaError(name, 'there is no such schema');
    return found;
  };
  return {
    encode: (name, record) => schema(name).encode(record),
    decode: <N extends SchemaName>(name: N, bytes: Uint8Array) => schema(name).decode(bytes) as SchemaRecords[N],
    prepare: (values) => prepare(values, writers),
  };
}

async function open(name: SchemaName, text: string, registry: SchemaRegistry, writers: Writers): Promise<Schema> {
  const versions = await registry.versions(subjectOf(name));
  // A registry may give a text back with its keys in another order.
  const isOwn = (version: { readonly schema: string }): boolean =>
    isDeepStrictEqual(JSON.parse(version.schema), JSON.parse(text));
  // Versions of before are known from the start, so that what lies in the log can be decoded at once.
  for (const version of versions) {
    writers.add(version.id, isOwn(version) ? text : JSON.stringify(JSON.parse(version.schema)));
  }
  const own = versions.findLast(isOwn);
  if (own === undefined) {
    throw new CliptideError('unavailable', `the registry does not have this version of schema ${name}`, {
      where: subjectOf(name),
      hint: 'register the schemas first',
    });
  }
  const type = typeOf(text);
  return { encode: encoder(name, type, own.id), decode: decoder(name, type, text, writers) };
}

async function prepare(values: Iterable<Uint8Array | null>, writers: Writers): Promise<void> {
  let last = -1;
  const asked = new Set<number>();
  for (const value of values) {
    const id = value === null ? 'empty' : schemaId(value);
    if (typeof id !== 'number' || id === last || asked.has(id)) continue;
    last = id;
    asked.add(id);
    await writers.ask(id);
  }
}
