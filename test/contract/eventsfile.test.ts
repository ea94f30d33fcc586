import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import avsc from 'avsc';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { avroEventsFiles } from '../../src/adapters/avro/eventsfile.ts';
import { loadSchemas } from '../../src/adapters/avro/schemas.ts';
import { liveEvent } from '../../src/domain/liveevent.ts';
import type { FiledRecord } from '../../src/ports/eventsfile.ts';
import { temporaryFolder } from '../support/embeddedlog.ts';

const files = avroEventsFiles(loadSchemas());
const broadcast = { streamId: 'Füße 🎬', channelId: 'channel', zeroAtMs: 1_000, endedAtMs: 90_000 };
let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'events.avro');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (offset: number, kind: string, text: string): FiledRecord => ({
  partition: 3,
  offset,
  appendedAtMs: 2 ** 41 + offset,
  settings: null,
  archive: null,
  event: liveEvent(
    { eventId: `${offset}`, streamId: broadcast.streamId, channelId: 'channel', source: 'chat', atMs: offset, kind },
    kind === 'chat' ? { chat: { userId: 'u', text, emotes: ['😀'], roles: [] } } : {},
  ),
});

async function* batches(count: number, text: (at: number) => string): AsyncGenerator<readonly FiledRecord[]> {
  for (let from = 0; from < count; from += 1_000) {
    const size = Math.min(1_000, count - from);
    yield Array.from({ length: size }, (_, at) => record(from + at, 'chat', text(from + at)));
  }
  yield [record(count, 'streamEnded', '')];
}

const grow = async (): Promise<void> => undefined;

async function all(from: string): Promise<FiledRecord[]> {
  const found: FiledRecord[] = [];
  for await (const batch of files.read(from)) found.push(...batch);
  return found;
}

test('whatever chat says comes back as it was, and equal records give equal bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 2_000 }), { maxLength: 40 }), async (texts) => {
      const again = join(folder, 'again.avro');
      for (const file of [path, again]) {
        rmSync(file, { force: true });
        await files.write(
          file,
          broadcast,
          batches(texts.length, (at) => texts[at] ?? ''),
          grow,
        );
      }
      const wanted = [...texts.map((text, at) => record(at, 'chat', text)), record(texts.length, 'streamEnded', '')];
      expect(await all(path)).toEqual(wanted);
      expect(await files.header(path)).toEqual(broadcast);
      expect(readFileSync(path).equals(readFileSync(again))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('any reader of Avro can read it: the header has the whole schema', async () => {
  await files.write(path, broadcast, batches(5, String), grow);
  const found: { event: { chat: { text: string } | null } }[] = [];
  for await (const row of avsc.createFileDecoder(path)) found.push(row as (typeof found)[number]);
  expect(found.map(({ event }) => event.chat?.text)).toEqual(['0', '1', '2', '3', '4', undefined]);
  const { meta } = avsc.extractFileHeader(path) as {
    meta: { 'avro.schema': { fields: { name: string; doc: string }[] } };
  };
  expect(meta['avro.schema'].fields.find(({ name }) => name === 'event')?.doc).toContain('live.analytics');
});

test('a file of an older schema is read as one of today, and one of a newer schema, too', async () => {
  const schemas = new Map(loadSchemas());
  const live = JSON.parse(schemas.get('live.analytics') ?? '') as { fields: object[] };
  const field = { name: 'mood', type: ['null', 'string'], default: null, doc: 'Of a later version.' };
  const newer = avroEventsFiles(
    schemas.set('live.analytics', JSON.stringify({ ...live, fields: [...live.fields, field] })),
  );
  const other = join(folder, 'newer.avro');
  await newer.write(other, broadcast, batches(3, String), grow);
  await files.write(path, broadcast, batches(3, String), grow);
  expect(await all(other)).toEqual(await all(path));
  const read: FiledRecord[] = [];
  for await (const batch of newer.read(path)) read.push(...batch);
  expect(read[0]?.event).toMatchObject({ mood: null, atMs: 0 });
});

test('half a file, a flipped byte and a file of something else are refused as such', async () => {
  await files.write(
    path,
    broadcast,
    batches(20_000, (at) => `message ${at * 7_919}`),
    grow,
  );
  const whole = readFileSync(path);
  const cut = join(folder, 'cut.avro');
  for (const length of [whole.length - 1, whole.length - 40, Math.floor(whole.length / 2), 10]) {
    writeFileSync(cut, whole);
    truncateSync(cut, length);
    await expect(all(cut), `cut to ${length}`).rejects.toMatchObject({ code: 'corrupt' });
  }
  const flipped = Buffer.from(whole);
  const middle = Math.floor(whole.length / 2);
  flipped.writeUInt8(flipped.readUInt8(middle) ^ 0x10, middle);
  writeFileSync(cut, flipped);
  await expect(all(cut)).rejects.toMatchObject({ code: 'corrupt' });
  writeFileSync(cut, 'this is no Avro at all, but a text');
  await expect(files.header(cut)).rejects.toMatchObject({ code: 'corrupt' });
});

test('a refusal to grow ends the writing with its reason', async () => {
  const refused = files.write(path, broadcast, batches(200_000, String), async (bytes) => {
    if (bytes > 100_000) throw new Error(`no room for ${bytes > 100_000}`);
  });
  await expect(refused).rejects.toThrow('no room for true');
});

test('memory does not grow with the number of events', async () => {
  let highest = 0;
  const watched = async function* (records: AsyncIterable<readonly FiledRecord[]>) {
    for await (const batch of records) {
      highest = Math.max(highest, process.memoryUsage().heapUsed);
      yield batch;
    }
  };
  const text = 'as long as a message is now and then, with a word or two more';
  await files.write(path, broadcast, watched(batches(400_000, () => text)), grow);
  const before = process.memoryUsage().heapUsed;
  for await (const _ of watched(files.read(path))) highest = Math.max(highest, process.memoryUsage().heapUsed);
  // All of them at once are more than 200 MB.
  expect(highest - before).toBeLessThan(130e6);
});
