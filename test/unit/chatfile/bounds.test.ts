import { describe, expect, test } from 'vitest';
import { twitchDocument } from '../../../src/adapters/chatfile/format.ts';
import { LineCutter } from '../../../src/adapters/chatfile/lines.ts';
import { openChatFile } from '../../../src/adapters/chatfile/open.ts';
import { elementItems } from '../../../src/adapters/chatfile/read.ts';
import { cpuMsOf } from '../../support/cputime.ts';
import { ircLine, lines, nativeChat, newDownloaded, twitchComment, twitchDownloaderFile } from './fixtures.ts';
import { counts, damages, events, readFile, tempFolder, texts } from './reading.ts';

const mebibyte = 1024 * 1024;

describe('what is absurdly long stays bounded', () => {
  const { file } = tempFolder();

  test('a line of 10 MB is one damaged record of which 64 KiB are kept; its neighbours are used', async () => {
    const long = `2000\tu\t${'x'.repeat(10_000_000)}`;
    const { items } = await readFile(await file(`1000\tu\ta\n${long}\n3000\tu\tb\n`));
    expect(texts(items)).toEqual(['a', 'b']);
    expect(damages(items)).toMatchObject([
      { position: 2, reason: 'the line is longer than 1 MiB', rawBytes: long.length },
    ]);
    expect(damages(items)[0]?.raw.length).toBe(65_536);
  });

  test('a record of 10 MB in a JSON file too', async () => {
    const long = newDownloaded(2, 'x'.repeat(10_000_000));
    const { items } = await readFile(await file(JSON.stringify([newDownloaded(1, 'a'), long, newDownloaded(3, 'b')])));
    expect(texts(items)).toEqual(['a', 'b']);
    expect(damages(items)).toMatchObject([{ position: 2, rawBytes: JSON.stringify(long).length }]);
    expect(damages(items)[0]?.reason).toContain('longer than 1 MiB');
    expect(damages(items)[0]?.raw.length).toBe(65_536);
  });

  test('a line just under 1 MiB is used whole', async () => {
    const text = 'x'.repeat(mebibyte - 20);
    const { items } = await readFile(await file(`1\tu\ta\n2\tu\t${text}\n`));
    expect(texts(items)[1]).toBe(text);
  });

  test('copypasta, Zalgo and joined emoji come through as they are', async () => {
    const odd = ['⣿'.repeat(500), 'Z̸̢̛͇a̵̡͝l̶̨͘g̷̛̱o̸̧͐', '👩‍👩‍👧‍👦 \u200d\u200b', '\u202eabc'];
    const { items } = await readFile(await file(odd.map((text, index) => `${index}\tu\t${text}\n`).join('')));
    expect(texts(items)).toEqual(odd);
  });

  test('a file without a line end is held to 1 MiB, however long it gets', () => {
    const cutter = new LineCutter();
    const chunk = Buffer.alloc(256 * 1024, 0x61);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 400; count++) cutter.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * mebibyte);
    expect(cutter.end()).toMatchObject([{ rawBytes: 400 * chunk.length }]);
  });

  test('a one-object JSON of 60 MB takes no more memory than its chunks', async () => {
    let peak = 0;
    const before = process.memoryUsage().arrayBuffers;
    const sizes = { messages: 0, damaged: 0 };
    const end = { damage: undefined };
    for await (const batch of elementItems(twitchDocument('twitch-downloader'), largeDocument(60), end)) {
      const { chat = 0, damaged = 0 } = counts(batch);
      sizes.messages += chat;
      sizes.damaged += damaged;
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    expect(sizes).toEqual({ messages: 60 * perChunk, damaged: 0 });
    expect(peak).toBeLessThan(32 * mebibyte);
  });

  test('a lying file, one bracket after the other, costs time in proportion to its length', async () => {
    const nested = `${'['.repeat(300_000)}${'{"'.repeat(300_000)}`;
    const content = twitchDownloaderFile([twitchComment(1, 'a')]).replace('"comments":[', `"comments":[${nested},`);
    await expect(readFile(await file(content))).rejects.toMatchObject({ code: 'input' });
  });

  test('counts that no record can hold are cut down', async () => {
    const raid = ircLine('USERNOTICE', undefined, {
      'msg-id': 'raid',
      'msg-param-viewerCount': '1e300',
      'msg-param-login': 'z',
    });
    const bomb = ircLine('USERNOTICE', undefined, { 'msg-id': 'submysterygift', 'msg-param-mass-gift-count': '-5' });
    const { items } = await readFile(await file(lines(raid, bomb)));
    expect(events(items)).toMatchObject([{ viewers: 2 ** 31 - 1 }, { type: 'gift', count: 1 }]);
  });

  test('an IRC line made to look glued everywhere is read in no time', async () => {
    const parts = ['@a=;b=;c=;'.repeat(6_000), '@a='.repeat(20_000), ' '.repeat(60_000), '@a=b;'.repeat(12_000)];
    const evil = parts.map((part) => `${ircLine('PRIVMSG', `tmi.twitch.tv ${part}`)}tmi.twitch.tv`);
    const path = await file(lines(...evil));
    const takes = await cpuMsOf(async () => {
      const { items } = await readFile(path);
      expect(items.length).toBeGreaterThanOrEqual(evil.length);
    });
    expect(takes).toBeLessThan(5_000);
  });

  test('reading stops when it is told to', async () => {
    const abort = new AbortController();
    const source = await openChatFile(
      await file(Array.from({ length: 50_000 }, (_, at) => `${at}\tu\ttext\n`).join('')),
    );
    const reading = (async () => {
      for await (const batch of source.items(abort.signal)) if (batch.length > 0) abort.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  test('many broken records in a row are told one by one', async () => {
    const broken = Array.from({ length: 500 }, () => '{"kind":');
    const { items } = await readFile(
      await file(lines(...Array.from({ length: 60 }, () => nativeChat(1, 'a')), ...broken)),
    );
    expect(counts(items)).toEqual({ native: 60, damaged: 500 });
  });
});

/** Each chunk is of about 1 MB and holds so many comments; the same bytes again and again. */
const perChunk = 2_000;

async function* largeDocument(chunks: number): AsyncGenerator<Buffer> {
  const comments = Array.from({ length: perChunk }, (_, index) => JSON.stringify(twitchComment(index, 'x'.repeat(20))));
  const chunk = Buffer.from(`${comments.join(',')},`);
  expect(chunk.length).toBeGreaterThan(900_000);
  yield Buffer.from('{"FileInfo":{},"comments":[');
  for (let count = 0; count < chunks; count++) yield chunk;
  yield Buffer.from('],"embeddedData":null}');
}
