import { readdirSync, readFileSync } from 'node:fs';

interface Field {
  readonly name: string;
  readonly type: AvroType;
  readonly doc?: string;
}
interface RecordType {
  readonly type: 'record';
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly Field[];
}
type AvroType =
  | string
  | RecordType
  | { readonly type: 'array'; readonly items: AvroType }
  | { readonly type: 'map'; readonly values: AvroType }
  | readonly AvroType[];

const primitives: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
};

/** TypeScript interfaces, with the schemas' docs, for every record of `schemas/*.avsc`. */
export function typesFromSchemas(folder: URL): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.avsc'))
    .sort();
  const written = new Map<string, string>();
  const roots: string[] = [];
  for (const file of files) {
    const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as RecordType;
    writeRecord(schema, written);
    roots.push(`  '${file.replace(/\.avsc$/, '')}': ${schema.name};`);
  }
  const header = '// Generated from schemas/*.avsc by `npm run generate`; do not edit.\n';
  const map = `/** The record type of every schema, by the schema's name. */\nexport interface SchemaRecords {\n${roots.join('\n')}\n}\n`;
  return `${header}\n${[...written.values()].join('\n')}\n${map}`;
}

function writeRecord(schema: RecordType, written: Map<string, string>): void {
  const fields = schema.fields.map((field) => {
    const type = typeOf(field.type, written);
    return `  /** ${field.doc ?? ''} */\n  readonly ${field.name}: ${type};`;
  });
  const text = `/** ${schema.doc ?? ''} */\nexport interface ${schema.name} {\n${fields.join('\n')}\n}\n`;
  const earlier = written.get(schema.name);
  if (earlier !== undefined && earlier !== text) throw new Error(`two different records are named ${schema.name}`);
  written.set(schema.name, text);
}

function typeOf(type: AvroType, written: Map<string, string>): string {
  if (typeof type === 'string') return primitives[type] ?? type;
  if (Array.isArray(type)) return type.map((branch: AvroType) => typeOf(branch, written)).join(' | ');
  const complex = type as Exclude<AvroType, string | readonly AvroType[]>;
  if (complex.type === 'array') return `readonly ${typeOf(complex.items, written)}[]`;
  if (complex.type === 'map') return `Readonly<Record<string, ${typeOf(complex.values, written)}>>`;
  writeRecord(complex, written);
  return complex.name;
}
