import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCodec, registerSchemas, subjectOf } from '../../src/adapters/avro/codec.ts';
import { loadSchemas } from '../../src/adapters/avro/schemas.ts';
import type { SchemaCodec, SchemaRegistry } from '../../src/ports/codec.ts';
import { chatEvent } from '../support/liveevents.ts';

export interface RegistryHarness {
  /** A registry in which no schema of the contract's exists yet. */
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

/** What the codec must do with every schema registry. `open` gives an empty one, for each test. */
export function codecContract(name: string, open: () => Promise<RegistryHarness>): void {
  describe(`schema registry: ${name}`, () => {
    let harness: RegistryHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(() => harness.close());
    describe('registry', () => registering(() => harness.registry));
    describe('codec', () => coding(() => harness.registry));
    describe('bytes that are no record', () => refusing(() => harness.registry));
  });
}

const schemas = loadSchemas();

async function ready(registry: SchemaRegistry): Promise<SchemaCodec> {
  await registerSchemas(registry, schemas);
  return createCodec({ registry, schemas });
}

const one = '{"type":"record","name":"A","fields":[]}';
const two = '{"type":"record","name":"A","fields":[{"name":"b","type":"int","default":0}]}';

function registering(registry: () => SchemaRegistry): void {
  it('gives the same schema the same id again, and another one another', async () => {
    const first = await registry().register('s', one);
    expect(await registry().register('s', one)).toBe(first);
    expect(await registry().register('s', two)).not.toBe(first);
  });

  it('keeps all versions of a subject, oldest first, and finds each by its id', async () => {
    const ids = [await registry().register('s', one), await registry().register('s', two)];
    const versions = await registry().versions('s');
    expect(versions.map(({ id }) => id)).toEqual(ids);
    expect(versions.map(({ schema }) => JSON.parse(schema))).toEqual([JSON.parse(one), JSON.parse(two)]);
    expect(JSON.parse((await registry().byId(ids[1] ?? 0)) ?? '')).toEqual(JSON.parse(two));
    expect(await registry().byId(999_999)).toBeUndefined();
    expect(await registry().versions('nothing')).toEqual([]);
  });
}

function coding(registry: () => SchemaRegistry): void {
  it('carries records in Confluent wire format: magic byte 0, the id big-endian, Avro', async () => {
    const codec = await ready(registry());
    const bytes = codec.encode('live.analytics', chatEvent());
    const [version] = await registry().versions(subjectOf('live.analytics'));
    expect(bytes[0]).toBe(0);
    expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)).toBe(version?.id);
    expect(codec.decode('live.analytics', bytes)).toEqual(chatEvent());
  });

  it('gives every chat message back as it was, as plain data', async () => {
    const codec = await ready(registry());
    const events = fc.record({
      text: fc.string({ unit: 'binary' }),
      atMs: fc.integer({ min: 1 - 2 ** 52, max: 2 ** 52 - 1 }),
      user: fc.string(),
    });
    fc.assert(
      fc.property(events, ({ text, atMs, user }) => {
        const event = chatEvent({ atMs, chat: { userId: user, text, emotes: [text, ''], roles: [] } });
        const decoded = codec.decode('live.analytics', codec.encode('live.analytics', event));
        expect(decoded).toEqual(event);
        expect(structuredClone(decoded)).toEqual(event);
        expect(JSON.parse(JSON.stringify(decoded))).toEqual(event);
      }),
    );
  });

  it('gives bytes back as bytes, null as null, and maps with any key', async () => {
    const codec = await ready(registry());
    const letter = { stage: 'score', topic: 't', partition: 1, offset: 2 ** 40, key: '', code: 'schema', reason: 'r' };
    const rest = { valueBytes: 3, streamId: '', atMs: 0, headers: { ['__proto__']: 'x', a: 'b' } };
    for (const value of [Uint8Array.from([0, 255, 1]), new Uint8Array(), null]) {
      const decoded = codec.decode('dead-letters', codec.encode('dead-letters', { ...letter, ...rest, value }));
      expect(decoded).toEqual({ ...letter, ...rest, value });
    }
  });

  it('names the field of a record that does not fit its schema, and shows no value', async () => {
    const codec = await ready(registry());
    const wrong = { ...chatEvent(), atMs: 12.5 };
    expect(() => codec.encode('live.analytics', wrong)).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringContaining('atMs') }),
    );
    for (const atMs of [2 ** 52, -(2 ** 52), Number.NaN]) {
      expect(() => codec.encode('live.analytics', chatEvent({ atMs }))).toThrow(
        expect.objectContaining({ code: 'schema' }),
      );
    }
    const secret = { ...chatEvent(), streamId: ['my secret'] as unknown as string };
    expect(() => codec.encode('live.analytics', secret)).toThrow(/streamId is an array/);
    expect(() => codec.encode('live.analytics', secret)).not.toThrow(/secret/);
  });

  it('encodes a record of many megabytes, and small ones after it', async () => {
    const codec = await ready(registry());
    const large = chatEvent({}, 'ü'.repeat(3_000_000));
    expect(codec.decode('live.analytics', codec.encode('live.analytics', large))).toEqual(large);
    expect(codec.encode('live.analytics', chatEvent()).length).toBeLessThan(200);
  });

  it('reads what an earlier version wrote, and what a later one wrote once it has been asked for', async () => {
    const codec = await ready(registry());
    const schema = JSON.parse(schemas.get('timers') ?? '');
    schema.fields.push({ name: 'added', type: 'string', default: '' });
    const later = new Map([['timers' as const, JSON.stringify(schema)]]);
    await registerSchemas(registry(), later);
    const newer = await createCodec({ registry: registry(), schemas: later });
    const timer = { ...emptyOf(schemas.get('timers') ?? ''), added: 'unknown to the older' };
    const bytes = newer.encode('timers', timer as never);
    expect(() => codec.decode('timers', bytes)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    await codec.prepare([null, bytes]);
    expect(codec.decode('timers', bytes)).toEqual(emptyOf(schemas.get('timers') ?? ''));
    const older = codec.encode('timers', emptyOf(schemas.get('timers') ?? '') as never);
    expect(newer.decode('timers', older)).toMatchObject({ added: '' });
  });

  it('does not start with a registry that lacks a schema', async () => {
    await expect(createCodec({ registry: registry(), schemas })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is unavailable, not wrong, while the registry cannot be asked', async () => {
    const codec = await ready({
      ...registry(),
      byId: () => Promise.reject(new Error('connection refused')),
    });
    await expect(codec.prepare([Uint8Array.from([0, 0, 0, 99, 0])])).rejects.toMatchObject({ code: 'unavailable' });
  });
}

/** A record of a schema whose fields are texts, numbers or can be null. */
function emptyOf(schema: string): Record<string, unknown> {
  const { fields } = JSON.parse(schema) as { fields: { name: string; type: unknown }[] };
  return Object.fromEntries(
    fields.map(({ name, type }) => [name, Array.isArray(type) ? null : type === 'string' ? '' : 0]),
  );
}

function refusing(registry: () => SchemaRegistry): void {
  const refused = (codec: SchemaCodec, bytes: Uint8Array, reason: RegExp): void =>
    expect(() => codec.decode('live.analytics', bytes)).toThrow(
      expect.objectContaining({ code: 'schema', message: expect.stringMatching(reason) }),
    );

  it('says what is wrong with empty, foreign, cut and overlong bytes', async () => {
    const codec = await ready(registry());
    const good = codec.encode('live.analytics', chatEvent());
    refused(codec, new Uint8Array(), /empty/);
    refused(codec, new TextEncoder().encode('{"json":true}'), /magic byte/);
    refused(codec, good.subarray(0, 3), /within the schema id/);
    refused(codec, good.subarray(0, 40), /ends before/);
    refused(codec, Uint8Array.from([...good, 0, 0]), /2 bytes follow/);
    refused(codec, codec.encode('timers', emptyOf(schemas.get('timers') ?? '') as never), /cannot be read as this one/);
    const unknown = Uint8Array.from([0, 127, 0, 0, 1, 2, 3]);
    await codec.prepare([unknown]);
    refused(codec, unknown, /no schema 2130706433/);
  });

  it('refuses a text that is no UTF-8, but not the character that stands for such', async () => {
    const codec = await ready(registry());
    const [mended, other] = [chatEvent({}, 'a\ufffdb'), chatEvent({}, 'a~~~b')];
    const good = codec.encode('live.analytics', mended);
    expect(codec.decode('live.analytics', good)).toEqual(mended);
    const cut = Buffer.from(codec.encode('live.analytics', other));
    cut.set([0xe2, 0x82, 0x7e], cut.indexOf('~~~'));
    refused(codec, cut, /not valid UTF-8/);
  });

  it('asks again for an id that was unknown, since it may be given to a schema later', async () => {
    const real = registry();
    const id = await real.register('other', two);
    let isGiven = false;
    const codec = await ready({ ...real, byId: async (asked) => (isGiven ? real.byId(asked) : undefined) });
    const early = Uint8Array.from([0, id >>> 24, id >>> 16, id >>> 8, id, 0]);
    await codec.prepare([early]);
    expect(() => codec.decode('timers', early)).toThrow(/no schema/);
    isGiven = true;
    await codec.prepare([early]);
    expect(() => codec.decode('timers', early)).toThrow(/cannot be read as this one/);
  });

  it('does not believe absurd lengths, in whatever field they are', async () => {
    const codec = await ready(registry());
    const good = codec.encode('live.analytics', chatEvent());
    // Counts of 2^31 and of 2^55: avsc itself would fill the memory for the one, and give up at the other.
    const counts = [
      [0xfe, 0xff, 0xff, 0xff, 0x0f],
      [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    ];
    const before = process.memoryUsage().rss;
    let refusals = 0;
    for (const bytes of counts.flatMap((count) => inserted(good, count))) {
      try {
        codec.decode('live.analytics', bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: 'schema' });
        refusals++;
      }
    }
    expect(refusals).toBeGreaterThan(20);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  it('refuses or decodes any bytes behind a good header, in no time', async () => {
    const codec = await ready(registry());
    const header = codec.encode('live.analytics', chatEvent()).subarray(0, 5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        try {
          codec.decode('live.analytics', Uint8Array.from([...header, ...rest]));
        } catch (error) {
          expect(error).toMatchObject({ code: 'schema' });
        }
      }),
      { numRuns: 1_000 },
    );
  });
}

/** The record with a count put in before each of its bytes. */
function inserted(record: Uint8Array, count: readonly number[]): Uint8Array[] {
  const places = Array.from({ length: record.length - 5 }, (_, index) => index + 5);
  return places.map((at) => Uint8Array.from([...record.subarray(0, at), ...count, ...record.subarray(at)]));
}
