import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  added,
  ircLine,
  ircStart,
  lines,
  liveLine,
  nativeChat,
  newDownloaded,
  oldDownloaded,
  oldTwitchDownloaderFile,
  replayLine,
  tcdFile,
  textItem,
  twitchComment,
  twitchDownloaderFile,
} from './fixtures.ts';
import { counts, readFile, tempFolder, texts, times } from './reading.ts';

interface Example {
  readonly name: string;
  readonly format: string;
  readonly content: string;
  readonly times: readonly number[];
}

const said = ['first', 'żółć 🎉', 'third'] as const;

const examples: readonly Example[] = [
  {
    name: 'TwitchDownloader',
    format: 'twitch-downloader',
    content: twitchDownloaderFile([twitchComment(1, said[0]), twitchComment(2, said[1]), twitchComment(2, said[2])]),
    times: [1000, 2000, 2000],
  },
  {
    name: 'TwitchDownloader without FileInfo',
    format: 'twitch-downloader',
    content: oldTwitchDownloaderFile(said.map((text, index) => twitchComment(index + 0.25, text))),
    times: [250, 1250, 2250],
  },
  {
    name: 'tcd',
    format: 'tcd',
    content: tcdFile(said.map((text, index) => twitchComment(index + 0.768, text))),
    times: [768, 1768, 2768],
  },
  {
    name: 'tcd with a comment a line',
    format: 'tcd',
    content: lines(...said.map((text, index) => twitchComment(index, text))),
    times: [0, 1000, 2000],
  },
  {
    name: 'a yt-dlp replay',
    format: 'yt-dlp',
    content: lines(...said.map((text, index) => replayLine(`${index * 1500}`, added(textItem(`i${index}`, text))))),
    times: [0, 1500, 3000],
  },
  {
    name: 'a yt-dlp replay that was made an array',
    format: 'yt-dlp',
    content: `[${said.map((text, index) => replayLine(`${index}`, added(textItem(`i${index}`, text)))).join(',\n')}]`,
    times: [0, 1, 2],
  },
  {
    name: 'a yt-dlp live recording',
    format: 'yt-dlp',
    content: lines(
      ...said.map((text, index) => liveLine(`${index * 10 - 581945}`, added(textItem(`i${index}`, text)))),
    ),
    times: [-581945, -581935, -581925],
  },
  {
    name: 'chat-downloader of 2020',
    format: 'chat-downloader',
    content: JSON.stringify(said.map((text, index) => oldDownloaded(index + 307, text))),
    times: [307000, 308000, 309000],
  },
  {
    name: 'chat-downloader',
    format: 'chat-downloader',
    content: JSON.stringify(
      said.map((text, index) => newDownloaded(index + 0.5, text)),
      undefined,
      4,
    ),
    times: [500, 1500, 2500],
  },
  {
    name: 'chat-downloader with a record a line',
    format: 'chat-downloader',
    content: lines(...said.map((text, index) => newDownloaded(index, text))),
    times: [0, 1000, 2000],
  },
  {
    name: 'IRC',
    format: 'irc',
    content: lines(':tmi.twitch.tv 001 justinfan1 :Welcome, GLHF!', ...said.map((text) => ircLine('PRIVMSG', text))),
    times: [ircStart, ircStart, ircStart],
  },
  {
    name: 'TSV',
    format: 'tsv',
    content: said.map((text, index) => `${index * 28 - 1}\tu${index}\t${text}\n`).join(''),
    times: [-1, 27, 55],
  },
];

describe('a chat file is recognised by its content and read whole', () => {
  const { file } = tempFolder();

  const forms: readonly (readonly [string, (content: string) => string | Uint8Array])[] = [
    ['as it is', (content) => content],
    ['gzipped', (content) => gzipSync(content)],
    ['in two gzip members', (content) => Buffer.concat([gzipSync(content.slice(0, 9)), gzipSync(content.slice(9))])],
    ['with a byte order mark', (content) => `\ufeff${content}`],
    ['with CRLF', (content) => content.replaceAll('\n', '\r\n')],
    ['in UTF-16, as PowerShell writes', (content) => Buffer.from(`\ufeff${content}`, 'utf16le')],
    ['in UTF-16 without a byte order mark', (content) => Buffer.from(content, 'utf16le')],
    ['without its last newline', (content) => content.trimEnd()],
  ];

  for (const example of examples) {
    test.each(forms)(`${example.name} %s`, async (_, form) => {
      const { format, items } = await readFile(await file(form(example.content)));
      expect(format).toBe(example.format);
      expect(texts(items)).toEqual(said);
      expect(times(items)).toEqual(example.times);
      expect(counts(items)).not.toHaveProperty('damaged');
    });
  }

  test("Cliptide's own NDJSON gives its records, absent fields left absent", async () => {
    const content = lines(
      nativeChat(1000, 'a'),
      nativeChat(2000, 'b', { eventId: 'e', source: 'chat', support: null }),
    );
    const { format, items } = await readFile(await file(content));
    expect(format).toBe('ndjson');
    const chat = { userId: 'u1', emotes: [], roles: [] };
    expect(items).toEqual([
      { kind: 'native', position: 1, event: { kind: 'chat', atMs: 1000, chat: { ...chat, text: 'a' } } },
      {
        kind: 'native',
        position: 2,
        event: { kind: 'chat', atMs: 2000, eventId: 'e', source: 'chat', chat: { ...chat, text: 'b' } },
      },
    ]);
  });

  test('a CP932 file keeps its Japanese text', async () => {
    const line = (text: readonly number[]) =>
      Buffer.concat([Buffer.from('1000\tu1\t'), Buffer.from(text), Buffer.from('\n')]);
    const grass = line([0x91, 0x90, 0x82, 0xa0]);
    const { items } = await readFile(await file(Buffer.concat([grass, grass, grass])));
    expect(texts(items)).toEqual(['草あ', '草あ', '草あ']);
  });
});
