import { CliptideError } from '../../domain/errors.ts';

/** Bytes before the Avro data: the magic byte 0 and the schema id, big-endian. Source: Confluent's wire format. */
export const headerBytes = 5;

/** The writer's schema id, or why there is none. */
export function schemaId(bytes: Uint8Array): number | 'empty' | 'short' | 'magic' {
  if (bytes.length === 0) return 'empty';
  if (bytes[0] !== 0) return 'magic';
  if (bytes.length < headerBytes) return 'short';
  return (bytes[1] ?? 0) * 0x1000000 + ((bytes[2] ?? 0) << 16) + (((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0));
}

/** `schemaId` that throws `schema`, for a value read as a record of the schema `name`. */
export function writerId(name: string, bytes: Uint8Array): number {
  const id = schemaId(bytes);
  if (typeof id === 'number') return id;
  const reasons = {
    empty: 'the value is empty',
    short: `the value ends after ${bytes.length} bytes, within the schema id`,
    magic: `the value begins with byte ${bytes[0]} instead of the magic byte 0`,
  };
  throw schemaError(name, reasons[id]);
}

export function schemaError(name: string, reason: string, cause?: unknown): CliptideError {
  return new CliptideError('schema', `not a record of schema ${name}: ${reason}`, { where: name, cause });
}
