import { isUtf8 } from 'node:buffer';
import avsc, { type Schema, type Type } from 'avsc';

/** avsc's reader of bytes, as far as the types below need it. */
interface Tap {
  pos: number;
  readonly buf: Buffer;
  readLong(): number;
  writeLong(value: number): void;
  readString(): string | undefined;
  readBytes(): Buffer | undefined;
  skipString(): void;
}
interface Reader {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/**
 * The type of a schema text, safe for bytes that nobody vouches for. As it comes, avsc believes the counts of arrays and
 * maps: five bytes that claim two thousand million items keep it busy until the memory is full. Lengths of strings and
 * bytes it checks itself. Whole numbers that avsc would round are refused, and texts that are no UTF-8, which it would
 * mend. Byte fields are read as plain `Uint8Array`s with memory of their own, records as plain data.
 */
export function typeOf(schema: string): Type {
  return avsc.Type.forSchema(JSON.parse(schema), { omitRecordMethods: true, typeHook });
}

function typeHook(schema: Schema, options: unknown): Type | undefined {
  const name = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : schema;
  if (name === 'array') return new CheckedArray(schema, options);
  if (name === 'map') return new CheckedMap(schema, options);
  if (name === 'long') return new ExactLong();
  if (name === 'string') return new CheckedString();
  return name === 'bytes' ? new OwnBytes() : undefined;
}

/** Count of a block's items, each at least a byte long; 0 ends the array or map. */
function blockCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    // A negative count is followed by the block's size in bytes.
    count = -count;
    tap.readLong();
  }
  const left = Math.max(tap.buf.length - tap.pos, 0);
  if (count > left) throw new Error(`${count} items are announced where ${left} bytes are left`);
  return count;
}

// avsc copies `_read` from a type to its resolvers, so `this` may be either and must have no private members.
class CheckedArray extends avsc.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Reader;
    const values: unknown[] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count--) values.push(items._read(tap));
    }
    return values;
  }

  _skip(tap: Tap): void {
    const items = this.itemsType as unknown as Reader;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count--) items._skip(tap);
    }
  }
}

class CheckedMap extends avsc.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const items = this.valuesType as Reader;
    const entries: [string, unknown][] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count--) entries.push([readText(tap) ?? '', items._read(tap)]);
    }
    return Object.fromEntries(entries);
  }

  _skip(tap: Tap): void {
    const items = this.valuesType as Reader;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap)) {
      for (; count > 0; count--) {
        tap.skipString();
        items._skip(tap);
      }
    }
  }
}

/** A text; undefined where the bytes end before it does, as avsc has it. */
function readText(tap: Tap): string | undefined {
  const from = tap.pos;
  const text = tap.readString();
  // What is no UTF-8 is read as this character, which few texts hold: only they are looked at twice.
  if (text?.includes('\ufffd')) {
    const end = tap.pos;
    tap.pos = from;
    const length = tap.readLong();
    tap.pos = end;
    if (!isUtf8(tap.buf.subarray(end - length, end))) throw new Error('a text is not valid UTF-8');
  }
  return text;
}

class CheckedString extends avsc.types.StringType {
  _read(tap: Tap): string | undefined {
    return readText(tap);
  }
}

class OwnBytes extends avsc.types.BytesType {
  _read(tap: Tap): Uint8Array | undefined {
    const bytes = tap.readBytes();
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  }
}

/** avsc doubles longs in floating point, which is exact below 2^52 only. */
const longLimit = 2 ** 52;

class ExactLong extends avsc.types.LongType {
  _read(tap: Tap): number {
    const value = tap.readLong();
    if (value > -longLimit && value < longLimit) return value;
    throw new Error('a whole number is beyond what can be read exactly');
  }

  _write(tap: Tap, value: unknown): void {
    if (!Number.isInteger(value) || Math.abs(Number(value)) >= longLimit) {
      throw new Error('a whole number is missing or beyond what can be written exactly');
    }
    tap.writeLong(Number(value));
  }
}
