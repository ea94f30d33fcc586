import { readFileSync } from 'node:fs';

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly doc: string;
}
interface Body {
  readonly type: 'record';
  readonly doc: string;
  readonly fields: readonly Field[];
}

const schema = JSON.parse(readFileSync(new URL('../schemas/live.analytics.avsc', import.meta.url), 'utf8')) as {
  readonly fields: readonly Field[];
};

/** Fields that every event has, and those of each kind, from the topic's schema. */
export function eventTables(): string {
  const plain = schema.fields.filter((field) => bodyOf(field) === undefined);
  const bodies = schema.fields.flatMap((field) => {
    const body = bodyOf(field);
    return body === undefined ? [] : [`\`${field.name}\`: ${body.doc}`, '', table(body.fields), ''];
  });
  return [table(plain), '', ...bodies].join('\n').trimEnd();
}

function table(fields: readonly Field[]): string {
  const rows = fields.map((field) => `| \`${field.name}\` | ${typeName(field.type)} | ${field.doc} |`);
  return ['| Field | Type | What it is |', '|---|---|---|', ...rows].join('\n');
}

function bodyOf(field: Field): Body | undefined {
  if (!Array.isArray(field.type)) return undefined;
  return field.type.find(
    (branch): branch is Body => typeof branch === 'object' && branch !== null && 'fields' in branch,
  );
}

function typeName(type: unknown): string {
  if (Array.isArray(type)) return type.map(typeName).join(' or ');
  if (typeof type === 'object' && type !== null && 'items' in type) return `list of ${typeName(type.items)}`;
  return String(type);
}
