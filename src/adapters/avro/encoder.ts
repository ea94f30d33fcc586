import type { Type } from 'avsc';
import { headerBytes, schemaError } from './wire.ts';

/** Room for most records; a larger one makes it grow, up to its own size. */
let scratch = Buffer.allocUnsafeSlow(65_536);

/** Encoder of one schema, with its id in front. It throws `schema` and names the field that does not fit. */
export function encoder(name: string, type: Type, id: number): (record: unknown) => Uint8Array {
  const bufferize = hasBytes(type) ? withBuffers : undefined;
  return (record) => {
    const value = bufferize === undefined ? record : bufferize(record);
    const end = write(name, type, value);
    scratch.writeUInt32BE(id, 1);
    scratch[0] = 0;
    const bytes = Buffer.allocUnsafe(end);
    scratch.copy(bytes, 0, 0, end);
    return bytes;
  };
}

function write(name: string, type: Type, value: unknown): number {
  try {
    const end = type.encode(value, scratch, headerBytes);
    if (end >= 0) return end;
    // A negative result is the number of bytes that were missing.
    scratch = Buffer.allocUnsafeSlow(scratch.length - end);
    return type.encode(value, scratch, headerBytes);
  } catch (error) {
    throw schemaError(name, misfit(type, value) ?? (error instanceof Error ? error.message : String(error)), error);
  }
}

function misfit(type: Type, value: unknown): string | undefined {
  let found: string | undefined;
  type.isValid(value, {
    errorHook: (path: string[], wrong: unknown, wanted: Type) => {
      found ??= `field ${path.join('.')} is ${describe(wrong)} where ${wanted.typeName} is wanted`;
    },
  });
  return found;
}

// Only the kind of value: the value itself may be personal data.
const describe = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;

function hasBytes(type: Type): boolean {
  return JSON.stringify(type.schema()).includes('"bytes"');
}

/** avsc takes `Buffer`s for byte fields, our records hold any `Uint8Array`. */
function withBuffers(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(withBuffers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBuffers(inner)]));
}
