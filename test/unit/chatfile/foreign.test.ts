import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openChatFile } from '../../../src/adapters/chatfile/open.ts';
import { lines, nativeChat } from './fixtures.ts';
import { tempFolder } from './reading.ts';

const bytes = (hex: string): Buffer => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(100, 7)]);
const html = (body: string): string =>
  `<!DOCTYPE html>\n<html><head><title>x</title></head><body>${body}</body></html>`;
const comment = '<pre class="comment-root">[0:00:01] <span class="comment-message">: a</span></pre>';
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const logging = '# Start logging at 2024-01-01 20:00:00 W. Europe Standard Time';

const contents: readonly (readonly [string, string | Uint8Array, RegExp, RegExp])[] = [
  ['text of TwitchDownloader', '[0:00:01] Ann: a\n[0:00:02] Ann: Ann subscribed.\n', /text export/, /format JSON/],
  ['its text with dates', '[2021-06-12 20:55:56 UTC] Ann: a\n[2021-06-12 20:55:57 UTC] B: b\n', /text export/, /JSON/],
  ['text of tcd', '\ufeff[0:00:01] <Ann> a\r\n[0:00:01] Ann waves\r\n', /text export/, /--format json/],
  [
    'text of chat-downloader',
    '-0:05 | Ann: a\n1:00:02 | (Member) *£10.00* Bob: b\n',
    /text export/,
    /--output chat.json/,
  ],
  ['its text of 2020', '[-0:05] Ann: a\n[0:02] *£10.00* Bob: b\n', /text export/, /--output chat.json/],
  ['CSV of TwitchDownloader', 'time,user_name,user_color,message\n1,Ann,#FF0000,"a\nb"\n', /CSV export/, /JSON/],
  ['CSV of chat-downloader', 'author.name,message,time_in_seconds,timestamp\nAnn,a,1,2\n', /CSV export/, /JSON/],
  ['HTML of TwitchDownloader', utf16(html(comment)), /HTML export of TwitchDownloader/, /format JSON/],
  ['a web page', html('log in'), /a web page/, /JSON/],
  ['a log of Chatterino', `${logging}\n[20:00:01]  ann: hi\n${logging}\n`, /log of Chatterino/, /raw IRC lines/],
  ['a log of Chatterino without chat', `${logging}\n[20:00:00] Verbunden\n`, /log of Chatterino/, /raw IRC lines/],
  ['subtitles', '1\n00:00:00,768 --> 00:00:02,768\nAnn: a\n', /subtitles/, /JSON.*live_chat/],
  ["yt-dlp's info.json", '{"id":"x","comments":[{"text":"nice"}],"extractor":"youtube"}', /description/, /live_chat/],
  ['an array of no kind', '[{"cursor":"x","node":{"contentOffsetSeconds":5}}]', /JSON array/, /jq -c/],
  ['an array of events', JSON.stringify([nativeChat(1, 'a')]), /JSON array/, /jq -c/],
  ['an event in several lines', JSON.stringify(nativeChat(1, 'a'), undefined, 2), /several lines/, /jq -c \./],
  ['lines that end with CR alone', '1\tu\ta\r2\tu\tb\r3\tu\tc\r', /carriage return/, /tr /],
  ['a ZIP archive', bytes('504b0304'), /ZIP archive/, /unzip/],
  ['xz', bytes('fd377a585a00'), /compressed with xz/, /unxz/],
  ['gzip in gzip', gzipSync(gzipSync('1\tu\ta\n')), /gzipped twice/, /gunzip/],
  ['a video', bytes('0000002066747970'), /video file/, /--vod/],
  ['a playlist', '#EXTM3U\n#EXT-X-VERSION:3\n', /HLS playlist/, /--vod/],
];

describe('what is often taken for a chat file is named, with what to give instead', () => {
  const { file } = tempFolder();

  test.each(contents)('%s', async (_, content, what, instead) => {
    const name = await file(content);
    await expect(openChatFile(name)).rejects.toMatchObject({
      code: 'input',
      where: name,
      message: expect.stringMatching(what),
      hint: expect.stringMatching(instead),
    });
  });

  test('comments of another kind are no chat, nor is a long document without any', async () => {
    const below = JSON.stringify({ comments: [{ text: 'nice video', author: 'a' }] });
    const long = JSON.stringify({ a: 'x'.repeat(1_200_000), b: 'comments' });
    for (const content of [below, long, lines(below)]) {
      await expect(openChatFile(await file(content))).rejects.toMatchObject({
        message: expect.stringContaining('no chat file of a known kind'),
        hint: expect.stringContaining('TwitchDownloader JSON'),
      });
    }
  });
});
