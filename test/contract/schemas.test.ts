import avsc, { type Type } from 'avsc';
import { describe, expect, it } from 'vitest';
import { loadSchemas } from '../../src/adapters/avro/schemas.ts';
import { topics } from '../../topology/topics.ts';
import { sameSchema, schemaHistory } from './schema-history/history.ts';

const schemas = loadSchemas();
const history = schemaHistory();
const typeOf = (schema: string): Type => avsc.Type.forSchema(JSON.parse(schema));

/** Writes records of one version and reads them as another; throws where that cannot be. */
function carry(writer: Type, reader: Type): void {
  const resolver = reader.createResolver(writer);
  for (let count = 0; count < 20; count++) {
    const read = reader.fromBuffer(writer.toBuffer(writer.random()), resolver);
    expect(reader.isValid(read)).toBe(true);
  }
}

describe.each([...schemas])('schema %s', (name, text) => {
  const current = typeOf(text);
  const texts = history.get(name) ?? [];
  const versions = texts.map((version, index) => [index + 1, typeOf(version)] as const);

  it('has its current version in the history (else run test/contract/schema-history/record.ts)', () => {
    expect(sameSchema(texts.at(-1) ?? '{}', text)).toBe(true);
  });

  it.each(versions)('reads what version %d wrote', (_, version) => {
    expect(() => carry(version, current)).not.toThrow();
  });

  it.each(versions)('can be read by version %d', (_, version) => {
    expect(() => carry(current, version)).not.toThrow();
  });

  it('documents every record and field', () => {
    expect(undocumented(JSON.parse(text), name)).toEqual([]);
  });
});

describe('the history of the schemas', () => {
  it('knows no schema that is gone: what it wrote could not be read any more', () => {
    expect([...history.keys()].sort()).toEqual([...schemas.keys()].sort());
  });

  it('has a schema for every topic', () => {
    for (const { schema } of Object.values(topics)) expect([...schemas.keys()]).toContain(schema);
  });

  it('would notice a field that is added without a default, renamed, or changed in type', () => {
    const version = (...fields: object[]): Type => typeOf(JSON.stringify({ type: 'record', name: 'A', fields }));
    const before = version({ name: 'a', type: 'string' });
    const added = version({ name: 'a', type: 'string' }, { name: 'b', type: 'int' });
    expect(() => carry(before, added)).toThrow();
    expect(() => carry(before, version({ name: 'z', type: 'string' }))).toThrow();
    expect(() => carry(before, version({ name: 'a', type: 'long' }))).toThrow();
    carry(before, version({ name: 'a', type: 'string' }, { name: 'b', type: 'int', default: 0 }));
  });
});

/** Where a record or a field has no doc. */
function undocumented(schema: unknown, path: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((branch) => undocumented(branch, path));
  if (typeof schema !== 'object' || schema === null) return [];
  const {
    doc,
    fields = [],
    items,
    values,
  } = schema as Record<string, unknown> & { fields?: Record<string, unknown>[] };
  const own = fields.length > 0 && !doc ? [path] : [];
  const inner = fields.flatMap((field) => [
    ...(field.doc ? [] : [`${path}.${String(field.name)}`]),
    ...undocumented(field.type, `${path}.${String(field.name)}`),
  ]);
  return [...own, ...inner, ...undocumented(items, path), ...undocumented(values, path)];
}
