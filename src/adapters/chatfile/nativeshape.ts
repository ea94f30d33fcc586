import type { JsonObject } from './json.ts';

/** What a field of a record's body holds; `otherwise` is what an absent (or null) one stands for. */
export type Shape =
  | { readonly type: 'string'; readonly otherwise?: null }
  | { readonly type: 'strings'; readonly otherwise: readonly string[] }
  | { readonly type: 'int' | 'long' | 'boolean' };

/** The fields of a shape out of a body, or which field is wrong and how. Fields that the shape lacks are left out. */
export function conform(body: JsonObject, shape: Readonly<Record<string, Shape>>): JsonObject | string {
  const result: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const value = body[name];
    if ((value === undefined || value === null) && 'otherwise' in field) {
      result[name] = field.otherwise;
      continue;
    }
    const held = heldBy(value, field);
    if (held === undefined) return `${name} is ${value === undefined ? 'missing' : `no ${names[field.type]}`}`;
    result[name] = held;
  }
  return result;
}

const names = {
  string: 'text',
  strings: 'list of texts',
  int: 'whole number of 32 bits',
  long: 'whole number',
  boolean: 'true or false',
} as const;

function heldBy(value: unknown, field: Shape): unknown {
  if (field.type === 'string') return typeof value === 'string' ? value.toWellFormed() : undefined;
  if (field.type === 'int') return Number.isInteger(value) && value === Number(value) >> 0 ? value : undefined;
  if (field.type === 'long') return Number.isSafeInteger(value) ? value : undefined;
  if (field.type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  if (!Array.isArray(value)) return undefined;
  const texts: unknown[] = value;
  return texts.every((text) => typeof text === 'string') ? texts.map((text) => text.toWellFormed()) : undefined;
}
