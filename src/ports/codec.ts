import type { SchemaRecords } from '../domain/records.gen.ts';

/** Records to bytes in Confluent wire format (magic byte 0, schema id as 4 bytes big-endian, Avro) and back. */
export interface SchemaCodec {
  encode<N extends keyof SchemaRecords>(schema: N, record: SchemaRecords[N]): Uint8Array;
  /**
   * Asks the registry for the writers' schemas of these values that are not known yet; `decode` is synchronous and needs
   * them. Call it with each batch before its records are decoded; it costs next to nothing when all are known. Damaged
   * values and nulls are passed over, for `decode` to refuse. Rejects with `unavailable` when the registry cannot be asked.
   */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
  /**
   * Resolves the writer's schema to the reader's. Throws `schema` for bytes that are no record of this
   * schema, `unavailable` when the writer's schema was not asked for (`prepare`).
   */
  decode<N extends keyof SchemaRecords>(schema: N, bytes: Uint8Array): SchemaRecords[N];
}

/** Keeps every version of every schema under an id; an id never changes its meaning. */
export interface SchemaRegistry {
  /** Registers a schema (as JSON text) for a subject and returns its id; the same schema gets the same id again. */
  register(subject: string, schema: string): Promise<number>;
  /** The schema with this id, or undefined when there is none. */
  byId(id: number): Promise<string | undefined>;
  /** All versions of a subject, oldest first. */
  versions(subject: string): Promise<readonly { readonly id: number; readonly schema: string }[]>;
}
