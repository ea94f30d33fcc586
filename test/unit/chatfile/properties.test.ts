import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTwitchComment } from '../../../src/adapters/chatfile/formats/twitchcomments.ts';
import { isObject } from '../../../src/adapters/chatfile/json.ts';
import { ElementCutter } from '../../../src/adapters/chatfile/jsonelements.ts';
import { type Line, LineCutter } from '../../../src/adapters/chatfile/lines.ts';
import { nativeChat, tcdFile, twitchComment } from './fixtures.ts';
import { readFile, tempFolder } from './reading.ts';

/** The same bytes in pieces that end anywhere. */
function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

const anyCuts = fc.array(fc.nat({ max: 100_000 }), { maxLength: 12 });

function elementsOf(
  bytes: Buffer,
  cuts: readonly number[],
  isRecord = isObject as (value: unknown) => boolean,
): readonly unknown[] {
  const cutter = new ElementCutter(isRecord);
  const found = pieces(bytes, cuts).flatMap((piece) => [...cutter.push(Buffer.from(piece))]);
  return [...found, ...cutter.end()].map(({ value, reason, raw, rawBytes, offset }) => {
    return { value, reason, raw: raw.toString('latin1'), rawBytes, offset };
  });
}

function linesOf(bytes: Buffer, cuts: readonly number[]): readonly Line[] {
  const cutter = new LineCutter();
  return [...pieces(bytes, cuts).flatMap((piece) => [...cutter.push(piece)]), ...cutter.end()];
}

describe('cutting records out of bytes', () => {
  test('elements of any JSON array are what JSON.parse gives, wherever the bytes are cut', () => {
    const arrays = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), { maxLength: 8 });
    const spaces = fc.constantFrom(undefined, 1, '\t\r\n ');
    fc.assert(
      fc.property(arrays, spaces, fc.boolean(), anyCuts, (array, space, inObject, cuts) => {
        const root = inObject
          ? { before: { comments: [1, '"]}'] }, comments: array, after: ['x', { y: null }] }
          : array;
        const bytes = Buffer.from(JSON.stringify(root, undefined, space));
        const values = elementsOf(bytes, cuts).map((element) => (element as { value: unknown }).value);
        expect(values).toEqual(JSON.parse(JSON.stringify(array)));
      }),
      { numRuns: 200 },
    );
  });

  test('cuts between pieces change nothing, for damaged arrays too', () => {
    const document = tcdFile(['a', 'b "', 'c'].map((text, index) => twitchComment(index, text)));
    const damage = fc.array(
      fc.record({ at: fc.nat({ max: document.length - 1 }), byte: fc.constantFrom(...Buffer.from('"{}[],: x')) }),
      { maxLength: 2 },
    );
    fc.assert(
      fc.property(damage, anyCuts, (changes, cuts) => {
        const bytes = Buffer.from(document);
        for (const { at, byte } of changes) bytes[at] = byte;
        const cutter = (at: readonly number[]) => {
          const found = elementsOf(bytes, at, isTwitchComment) as readonly {
            value: unknown;
            reason: string | undefined;
          }[];
          return found.filter((element) => element.reason === undefined).map((element) => element.value);
        };
        expect(cutter(cuts)).toEqual(cutter([]));
      }),
      { numRuns: 200 },
    );
  });

  test('lines are the same wherever the bytes are cut, inside characters and line ends too', () => {
    const text = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\ufeff', '草', '\u200d')),
      { maxLength: 30 },
    );
    const junk = fc.option(fc.uint8Array({ maxLength: 4 }), { nil: new Uint8Array() });
    fc.assert(
      fc.property(text, junk, anyCuts, (parts, bad, cuts) => {
        const bytes = Buffer.concat([Buffer.from(parts.join('')), bad, Buffer.from('\nend')]);
        expect(linesOf(bytes, cuts)).toEqual(linesOf(bytes, []));
      }),
      { numRuns: 200 },
    );
  });

  test('valid lines lose nothing', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\ufeff]/g, ''));
    fc.assert(
      fc.property(fc.array(line), anyCuts, (all, cuts) => {
        const bytes = Buffer.from(all.map((each) => `${each}\n`).join(''));
        expect(linesOf(bytes, cuts)).toEqual(all.map((each) => each.toWellFormed()));
      }),
    );
  });
});

describe('a whole file', () => {
  const { file } = tempFolder();

  /** What it reads, or why it does not: too few of its lines may be records. */
  const outcome = async (content: Buffer): Promise<unknown> => {
    const path = await file(content);
    const refused = (error: Error) => error.message.replace(path, 'the file');
    return readFile(path).catch(refused);
  };

  test('gzipped gives the same as plain, whatever is in it', async () => {
    const record = fc.oneof(
      fc
        .record({ atMs: fc.integer(), text: fc.string({ unit: 'binary' }) })
        .map(({ atMs, text }) => JSON.stringify(nativeChat(atMs, text))),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), async (records) => {
        const plain = Buffer.from([JSON.stringify(nativeChat(0, 'first')), ...records].join('\n'));
        const zipped = gzipSync(plain);
        expect(gunzipSync(zipped).equals(plain)).toBe(true);
        expect(await outcome(zipped)).toEqual(await outcome(plain));
      }),
      { numRuns: 15, examples: [[Array(10).fill('!')]] },
    );
  });
});
