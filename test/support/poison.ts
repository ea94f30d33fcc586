import { createCodec } from '../../src/adapters/avro/codec.ts';
import type { SchemaCodec } from '../../src/ports/codec.ts';
import { chatEvent } from './liveevents.ts';

/** Bytes that are no record of `live.analytics`, and what a dead letter has to say of them. */
export interface Poison {
  readonly name: string;
  readonly value: Buffer | null;
  readonly reason: RegExp;
}

const mebibyte = 1024 * 1024;
/** Avro lengths of 2^31 and of 2^54 items or bytes, which nobody should set memory aside for. */
const absurd = [
  Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]),
  Buffer.from([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f]),
];
/** A truncated sequence, a lone byte of a longer one, a surrogate, and a letter that is written too long. */
const noUtf8 = [[0xe2, 0x82], [0x80], [0xed, 0xa0, 0x80], [0xc1, 0xa1]].map((bytes) => Buffer.from(bytes));

/** What a dead letter says at least, whatever the topic was that the poison came in. */
export const anyReason = /^(the record is empty|not a record of schema [a-z.]+: .{10,})/;

/** One of every kind that promise 7 names, without those of 10 MB. `codec` knows the schemas. */
export function poison(codec: SchemaCodec): Poison[] {
  const whole = Buffer.from(codec.encode('live.analytics', chatEvent({}, 'some text')));
  const header = whole.subarray(0, 5);
  const run = {
    run: 'live',
    kind: 'started',
    nodeId: 'n',
    version: '0',
    model: 'm',
    atMs: 0,
    streamId: '',
    selection: '',
  };
  const at = (text: string): number => whole.indexOf(text);
  const before = (place: number, ...bytes: Uint8Array[]): Buffer => Buffer.concat([whole.subarray(0, place), ...bytes]);
  return [
    { name: 'an empty value', value: Buffer.alloc(0), reason: /the value is empty/ },
    { name: 'a tombstone', value: null, reason: /the record is empty/ },
    { name: 'text', value: Buffer.from('{"kind":"chat"}'), reason: /magic byte/ },
    { name: 'a header that is cut', value: whole.subarray(0, 3), reason: /within the schema id/ },
    {
      name: 'an unknown schema id',
      value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]),
      reason: /no schema 2147483647/,
    },
    { name: "another topic's record", value: Buffer.from(codec.encode('runs', run)), reason: /cannot be read/ },
    { name: 'a record that is cut', value: whole.subarray(0, -9), reason: /ends before the record does/ },
    { name: 'a record with more behind it', value: before(whole.length, header), reason: /5 bytes follow/ },
    ...absurd.map((length, n) => ({
      name: `a text of absurd length ${n}`,
      // The length of the chat's text stands in the byte before it.
      value: before(at('some text') - 1, length, whole.subarray(at('some text'))),
      reason: /ends before the record does/,
    })),
    ...absurd.map((count, n) => ({
      name: `an absurd number of emotes ${n}`,
      value: before(at('Kappa') - 2, count, whole.subarray(at('Kappa') - 1)),
      reason: /items are announced where \d+ bytes are left/,
    })),
    ...noUtf8.map((bytes, n) => ({
      name: `a text that is no UTF-8 ${n}`,
      value: before(at('some text'), bytes, whole.subarray(at('some text') + bytes.length)),
      reason: /not valid UTF-8/,
    })),
  ];
}

/** 10 MB that are no record at all, and 10 MB behind the header of one. */
export function largePoison(codec: SchemaCodec): Poison[] {
  const nothing = Buffer.alloc(10 * mebibyte);
  const header = Buffer.from(codec.encode('live.analytics', chatEvent())).subarray(0, 5);
  return [
    { name: '10 MB of nothing', value: nothing, reason: /no schema 0/ },
    { name: '10 MB behind a header', value: Buffer.concat([header, nothing]), reason: /bytes follow/ },
  ];
}

/** Whether a registry can be asked, and how often it was while it could not. */
export interface Outage {
  away: boolean;
  asked: number;
}

/** A codec whose registry is away for as long as the outage lasts. */
export function codecWithout(codec: SchemaCodec, outage: Outage): SchemaCodec {
  const refused = createCodec({
    registry: {
      register: async () => 0,
      versions: async () => [],
      byId: () => Promise.reject(new Error('connection refused')),
    },
    schemas: new Map(),
  });
  const unknownId = Uint8Array.from([0, 0, 0, 0, 99]);
  const prepare: SchemaCodec['prepare'] = async (values) => {
    if (!outage.away) return codec.prepare(values);
    outage.asked += 1;
    await (await refused).prepare([unknownId]);
  };
  return { encode: codec.encode, decode: codec.decode, prepare };
}
