import { type KafkaBroker, loadInternal } from '../internals.ts';

/** kafkajs' writer of bytes, as far as it is used here. */
export interface Encoder {
  readonly offset: number;
  writeInt8(value: number): this;
  writeInt16(value: number): this;
  writeInt32(value: number): this;
  writeInt64(value: number | string): this;
  writeBoolean(value: boolean): this;
  writeUVarInt(value: number): this;
  writeUVarIntString(value: string): this;
  writeBufferInternal(value: Buffer): void;
  writeEncoder(value: Encoder): this;
}

/** kafkajs' reader of bytes, as far as it is used here. */
export interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readBoolean(): boolean;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readBytes(length: number): Buffer | null;
  canReadBytes(length: number): boolean;
}

const EncoderClass = loadInternal<new () => Encoder>('protocol/encoder');
const DecoderClass = loadInternal<new (bytes: Buffer) => Decoder>('protocol/decoder');

interface Api<T> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  write(to: Encoder): void;
  read(from: Decoder): T | Promise<T>;
}

/**
 * Asks a broker in a flexible version of Kafka's protocol (KIP-482), where kafkajs 2.2.4 has inflexible ones only: the
 * headers end with tagged fields, and so does every structure.
 */
export async function ask<T>(broker: KafkaBroker, { write, read, ...api }: Api<T>): Promise<T> {
  const encode = async (): Promise<Encoder> => {
    const encoder = new EncoderClass();
    writeTags(encoder);
    write(encoder);
    writeTags(encoder);
    return encoder;
  };
  const decode = async (bytes: Buffer): Promise<T> => {
    const decoder = new DecoderClass(bytes);
    skipTags(decoder);
    return read(decoder);
  };
  try {
    const response = { decode, parse: async (answer: T) => answer };
    return await broker.connectionPool.send({ request: { ...api, encode }, response });
  } catch (error) {
    // As kafkajs does after each of its own requests.
    if ((error as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

export const newDecoder = (bytes: Buffer): Decoder => new DecoderClass(bytes);

/** No tagged fields. */
export function writeTags(to: Encoder): void {
  to.writeUVarInt(0);
}

/** kafkajs takes a tagged field's size for that of a compact string, which is one more. */
export function skipTags(from: Decoder): void {
  for (let left = from.readUVarInt(); left > 0; left--) {
    from.readUVarInt();
    from.readBytes(from.readUVarInt());
  }
}

export function writeList<T>(to: Encoder, items: readonly T[], write: (item: T) => void): void {
  to.writeUVarInt(items.length + 1);
  for (const item of items) write(item);
}

/** A list; an absent one is empty. */
export function readList<T>(from: Decoder, read: () => T): T[] {
  const count = from.readUVarInt() - 1;
  const items: T[] = [];
  for (let n = 0; n < count; n++) items.push(read());
  return items;
}

const uuidBytes = 16;

/** A topic's id in hexadecimal digits. */
export const readUuid = (from: Decoder): string => from.readBytes(uuidBytes)?.toString('hex') ?? '';

export function writeUuid(to: Encoder, hex: string): void {
  to.writeBufferInternal(Buffer.from(hex.padStart(2 * uuidBytes, '0'), 'hex'));
}
