import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openChatFile } from '../../../src/adapters/chatfile/open.ts';
import { CliptideError } from '../../../src/domain/errors.ts';
import {
  added,
  ircLine,
  lines,
  nativeChat,
  newDownloaded,
  replayLine,
  tcdFile,
  textItem,
  twitchComment,
  twitchDownloaderFile,
} from './fixtures.ts';
import { counts, damages, readFile, tempFolder, texts } from './reading.ts';

const names = ['one', 'two', 'three', 'four', 'five'];
const comments = names.map((name, index) => twitchComment(index, `${name} {"[`));
const whole = names.map((name) => `${name} {"[`);

describe('a damaged file loses what is damaged and nothing else', () => {
  const { file } = tempFolder();
  const read = async (content: string | Uint8Array) => (await readFile(await file(content))).items;

  const lineFiles: readonly (readonly [string, (text: string) => string, string])[] = [
    ['NDJSON', (text) => JSON.stringify(nativeChat(1, text)), '{"kind":"chat","atMs":'],
    ['yt-dlp', (text) => replayLine('1', added(textItem('i', text))), '{"replayChatItemAction":{"act'],
    ['IRC', (text) => ircLine('PRIVMSG', text), '@badge-info=;badges=;tmi-sent'],
    ['TSV', (text) => `1\tu\t${text}`, 'no number\tu\tx'],
  ];

  test.each(lineFiles)(
    'a broken line in the middle of %s is one damaged record with its line and bytes',
    async (_, line, broken) => {
      const items = await read(lines(line('a'), line('b'), broken, line('c')));
      expect(items.filter((item) => item.kind !== 'damaged')).toHaveLength(3);
      expect(damages(items)).toMatchObject([
        { position: 3, raw: Uint8Array.from(Buffer.from(broken)), rawBytes: broken.length },
      ]);
    },
  );

  test.each(lineFiles.slice(0, 3))('a cut last line of %s is damaged, the rest is used', async (_, line) => {
    const items = await read(`${lines(line('a'))}${line('b').slice(0, 30)}`);
    expect(damages(items)).toMatchObject([{ position: 2 }]);
    expect(items).toHaveLength(2);
  });

  test('empty lines are no records, but count as lines', async () => {
    const items = await read(lines('', nativeChat(1, 'a'), '  ', '\r', 'broken', nativeChat(2, 'b'), ''));
    expect(items.map((item) => [item.position, item.kind])).toEqual([
      [2, 'native'],
      [5, 'damaged'],
      [6, 'native'],
    ]);
  });

  test('a first line that is broken does not hide the format', async () => {
    const items = await read(lines('{"kind":"cha', nativeChat(1, 'a')));
    expect(counts(items)).toEqual({ damaged: 1, native: 1 });
  });

  test('a line that is no UTF-8 is damaged and keeps its bytes', async () => {
    const bad = Buffer.from('2000\tu2\tcaf\xe9', 'latin1');
    const items = await read(Buffer.concat([Buffer.from('1000\tu1\tcafé\n'), bad, Buffer.from('\r\n3000\tu3\tok\n')]));
    expect(texts(items)).toEqual(['café', 'ok']);
    expect(damages(items)).toEqual([
      {
        kind: 'damaged',
        position: 2,
        reason: 'the line is no valid UTF-8',
        raw: Uint8Array.from(bad),
        rawBytes: bad.length,
      },
    ]);
  });

  test('a record of a JSON array that is no UTF-8 is damaged, the others are used', async () => {
    const bytes = Buffer.from(twitchDownloaderFile(comments));
    bytes[bytes.indexOf('three')] = 0xff;
    const items = await read(bytes);
    expect(texts(items)).toEqual(whole.filter((text) => !text.startsWith('three')));
    expect(damages(items)).toMatchObject([
      { position: 3, reason: expect.stringMatching(/no valid UTF-8 \(record 3, byte \d+\)/) },
    ]);
  });

  const cuts: readonly (readonly [string, string, string])[] = [
    ['a quote is missing', '"three', 'three'],
    ['a bracket is missing', '"badge":[]', '"badge":['],
    ['a brace is missing', '"three {\\"["', '{"three {\\"["'],
    ['garbage lies inside', 'three', 'three"\u0000\u0001}}]]"'],
    ['the record breaks off', 'three {\\"[","bits_spent":0', 'thr'],
  ];

  test.each(cuts)('when in one record of a JSON file %s, the others are used', async (_, from, to) => {
    const text = twitchDownloaderFile(comments.map((comment) => ({ ...comment, badge: [] })));
    const at = text.indexOf(from, text.indexOf('two'));
    const items = await read(text.slice(0, at) + to + text.slice(at + from.length));
    const others = whole.filter((name) => !name.startsWith(from.includes('badge') ? 'two' : 'three'));
    expect(texts(items)).toEqual(others);
    expect(damages(items)).toHaveLength(1);
  });

  test('one changed byte anywhere in a record costs that record at most', async () => {
    const text = tcdFile(comments);
    const from = text.indexOf('"_id"', text.indexOf('two {')) - 20;
    const to = text.indexOf('three {') + 200;
    const bytes = fc.record({
      at: fc.integer({ min: from, max: to }),
      byte: fc.constantFrom(...Buffer.from('"{}[],:\\a 0')),
    });
    await fc.assert(
      fc.asyncProperty(bytes, async ({ at, byte }) => {
        const changed = Buffer.from(text);
        changed[at] = byte;
        const kept = texts(await read(changed));
        for (const name of ['one', 'four', 'five']) expect(kept).toContain(`${name} {"[`);
      }),
      { numRuns: 150 },
    );
  });

  test('wherever a JSON file is cut, every record that was whole is used and the cut is one damaged record at most', async () => {
    const text = twitchDownloaderFile(comments);
    const ends = comments.map((comment) => text.indexOf(JSON.stringify(comment)) + JSON.stringify(comment).length);
    const first = ends[0] ?? 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: first, max: text.length - 1 }), async (cut) => {
        const items = await read(text.slice(0, cut));
        expect(texts(items)).toEqual(whole.slice(0, ends.filter((end) => end <= cut).length));
        expect(damages(items).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  test('an array that is cut inside a record gives the whole records and one damaged one with its place', async () => {
    const text = JSON.stringify([newDownloaded(1, 'a'), newDownloaded(2, 'b')]);
    const items = await read(text.slice(0, -30));
    expect(counts(items)).toEqual({ chat: 1, damaged: 1 });
    const at = text.indexOf('{', 2 + text.indexOf('"m1"'));
    expect(damages(items)[0]?.reason).toContain(`the file is cut inside this record (record 2, byte ${at})`);
  });

  test('a gzip file that is cut or damaged gives what could be inflated, and one damaged record', async () => {
    const text = Array.from(
      { length: 20_000 },
      (_, index) => `${index}\tu${index % 977}\ttext ${(index * 7919) % 1009}\n`,
    ).join('');
    const zipped = gzipSync(text);
    const flipped = Buffer.from(zipped);
    flipped.fill(0xff, flipped.length >> 1, (flipped.length >> 1) + 64);
    for (const broken of [zipped.subarray(0, zipped.length >> 1), flipped]) {
      const items = await read(broken);
      expect(texts(items).length).toBeGreaterThan(8_000);
      expect(damages(items)).toMatchObject([{ reason: expect.stringContaining('gzip data is damaged or cut') }]);
      expect(damages(items)[0]?.position).toBe(items.length);
    }
  });

  test('zeros behind a gzip member are padding: what follows them is read, nothing waits for good', async () => {
    const member = (from: number, count: number) =>
      gzipSync(
        Array.from({ length: count }, (_, index) => `${from + index}\tu${index}\ttext ${index * 7919}\n`).join(''),
      );
    const padded = (zeros: number) => Buffer.concat([member(0, 3_000), Buffer.alloc(zeros), member(3_000, 2)]);
    for (const zeros of [1, 512, 100_000]) {
      const whole = padded(zeros);
      const { items } = await readFile(await file(Buffer.concat([whole, Buffer.alloc(zeros)])));
      expect(counts(items)).toEqual({ chat: 3_002 });
      const { items: broken } = await readFile(
        await file(Buffer.concat([whole, Buffer.alloc(zeros), Buffer.from('x')])),
      );
      expect(counts(broken)).toEqual({ chat: 3_002, damaged: 1 });
    }
  });

  test('a native record of the wrong shape names the field', async () => {
    const wrong = [
      { kind: 'chat' },
      { kind: 'chat', atMs: 'now' },
      { kind: 'chat', atMs: 1 },
      { kind: 'chat', atMs: 1, chat: { userId: 'u' } },
      { kind: 'viewers', atMs: 1, viewers: { count: 1.5 } },
      { kind: 'marker', atMs: 1, marker: { userId: 'u', note: '', trusted: 'yes' } },
      { kind: 'mode', atMs: 1, mode: { name: 'slow', on: true, seconds: 2 ** 31 } },
      { kind: 'chat', atMs: 1, streamId: 7, chat: { userId: 'u', text: '' } },
      { atMs: 1 },
    ];
    const items = await read(
      lines(nativeChat(1, 'a'), ...wrong, { kind: 'newKind', atMs: 2 }, { kind: 'streamEnded', atMs: 3 }),
    );
    expect(damages(items).map((item) => item.reason)).toEqual([
      'atMs is missing or no number',
      'atMs is missing or no number',
      'chat is missing',
      'chat.text is missing',
      'viewers.count is no whole number',
      'marker.trusted is no true or false',
      'mode.seconds is no whole number of 32 bits',
      'streamId is no text',
      'kind is missing or no text',
    ]);
    expect(counts(items).native).toBe(3);
  });
});

describe('a file with nothing usable is refused with what to do', () => {
  const { file, path } = tempFolder();

  const refusal = async (name: string): Promise<CliptideError> => {
    const error = await readFile(name).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof CliptideError) return error;
    throw new Error(`not refused: ${String(error)}`);
  };

  const contents: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['an empty file', '', /empty/],
    ['an empty gzip file', gzipSync(''), /empty/],
    ['a file of white space', ' \r\n\n', /empty/],
    ['a text of no kind', 'hello\nworld\n', /no chat file of a known kind/],
    ['JSON of no kind', '{"a":[1,2,3]}', /no chat file of a known kind/],
    [
      'a picture',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
      /no chat file of a known kind/,
    ],
    ['gzip data that breaks at once', gzipSync('1\tu\tx\n').subarray(0, 12), /gzip data is damaged or cut/],
    ['a chat without messages', '[]', /No usable chat message/],
    ['comments without messages', twitchDownloaderFile([]), /No usable chat message/],
    [
      'nothing but system lines',
      lines(':tmi.twitch.tv 001 a :Welcome', 'PING :tmi.twitch.tv'),
      /No usable chat message/,
    ],
    [
      'nothing but damaged records',
      twitchDownloaderFile([twitchComment(null, 'a')]),
      /first damage: record 1, content_offset_seconds/,
    ],
  ];

  test.each(contents)('%s', async (_, content, message) => {
    const error = await refusal(await file(content));
    expect(error.code).toBe('input');
    expect(error.message).toMatch(message);
    expect(error.hint).toContain('TwitchDownloader JSON');
  });

  test('a folder and a missing file', async () => {
    expect(await refusal(await path)).toMatchObject({ code: 'input', message: expect.stringContaining('a folder') });
    const missing = await refusal(`${await path}/missing.json`);
    expect(missing).toMatchObject({ code: 'input', message: expect.stringContaining('no such file') });
    expect(missing.hint).toContain('Check the path');
  });

  test('a file whose damages go on for more than a batch still gives them all before it is refused', async () => {
    const damaged = Array.from({ length: 3000 }, (_, index) => `${index + 1}00000000000000\tu\tx`);
    const source = await openChatFile(await file(lines(...damaged)));
    let given = 0;
    const reading = (async () => {
      for await (const batch of source.items()) given += batch.length;
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'input',
      message: expect.stringContaining('No usable chat message'),
    });
    expect(given).toBe(3000);
    expect(counts((await readFile(await file(lines(...damaged, '1\tu\tend')))).items)).toEqual({
      damaged: 3000,
      chat: 1,
    });
  });
});
