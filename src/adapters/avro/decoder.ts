import type { Resolver, Type } from 'avsc';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import { headerBytes, schemaError, writerId } from './wire.ts';
import type { Writer, Writers } from './writers.ts';

type Read = (bytes: Buffer) => unknown;

/** Decoder of one schema; the way from each writer's schema to it is worked out once. */
export function decoder(name: string, reader: Type, text: string, writers: Writers): (bytes: Uint8Array) => unknown {
  const reads = new Map<number, Read>();
  let lastId = -1;
  let lastRead: Read = () => undefined;
  return (bytes) => {
    const id = writerId(name, bytes);
    if (id !== lastId) {
      let read = reads.get(id);
      if (read === undefined) {
        read = reading(name, reader, text, id, writers.get(id));
        reads.set(id, read);
      }
      lastId = id;
      lastRead = read;
    }
    return lastRead(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };
}

function reading(name: string, reader: Type, text: string, id: number, writer: Writer | undefined): Read {
  if (writer === undefined) {
    throw new CliptideError('unavailable', `schema ${id} was not asked of the registry yet`, {
      where: name,
      hint: 'call prepare with a batch before its records are decoded',
    });
  }
  if ('problem' in writer) throw schemaError(name, writer.problem);
  const resolver = writer.text === text ? undefined : resolve(name, reader, id, writer.type);
  return (bytes) => decodeWith(name, reader, resolver, bytes);
}

function resolve(name: string, reader: Type, id: number, writer: Type): Resolver {
  try {
    return reader.createResolver(writer);
  } catch (error) {
    throw schemaError(name, `it was written with schema ${id}, which cannot be read as this one`, error);
  }
}

function decodeWith(name: string, reader: Type, resolver: Resolver | undefined, bytes: Buffer): unknown {
  let decoded: { value: unknown; offset: number };
  try {
    decoded = reader.decode(bytes, headerBytes, resolver);
  } catch (error) {
    throw schemaError(name, `the data is damaged (${toCliptideError(error).message})`, error);
  }
  if (decoded.offset < 0) throw schemaError(name, `the data ends before the record does, after ${bytes.length} bytes`);
  if (decoded.offset < bytes.length) {
    throw schemaError(name, `${bytes.length - decoded.offset} bytes follow after the record's end`);
  }
  return decoded.value;
}
