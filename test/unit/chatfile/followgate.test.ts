import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FollowGate } from '../../../src/adapters/chatfile/followgate.ts';
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

/** What the gate says of a source that comes in pieces of so many bytes; undefined where it lets it through. */
function refusal(content: string | Uint8Array, pieceBytes = 64 * 1024) {
  const gate = new FollowGate('events.ndjson');
  const bytes = Buffer.from(content);
  try {
    for (let from = 0; from < bytes.length; from += pieceBytes) gate.look(bytes.subarray(from, from + pieceBytes));
    return undefined;
  } catch (error) {
    return error;
  }
}

const others: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['TwitchDownloader, one endless line', twitchDownloaderFile([twitchComment(1, 'a')]), /twitch-downloader/],
  ['tcd, indented', tcdFile([twitchComment(1, 'a')]), /chat export \(tcd\)/],
  ['chat-downloader, one endless line', JSON.stringify([newDownloaded(1, 'a')]), /chat-downloader/],
  ['yt-dlp', lines(replayLine('1', added(textItem('i', 'a')))), /yt-dlp/],
  ['IRC', lines(ircLine('PRIVMSG', 'a')), /irc/],
  ['TSV', '1000\tu\ta\n', /tsv/],
  ['an array of events', JSON.stringify([nativeChat(1, 'a')]), /JSON array/],
  ['an array that has just begun', '\n [', /JSON array/],
  ['an event in several lines', JSON.stringify(nativeChat(1, 'a'), undefined, 2), /takes several lines/],
  ['a text export', '[0:00:01] Ann: a\n[0:00:02] Bob: b\n', /text export/],
  ['a gzip file', gzipSync(lines(nativeChat(1, 'a'))), /compressed with gzip/],
  ['a line without an end', `{"x":"${'x'.repeat(1_100_000)}`, /a line of more than 1 MiB/],
  ['a text of no kind', 'hello\n'.repeat(20), /lines without an event/],
];

describe('following something else than events is refused, not waited for', () => {
  test.each(others)('%s', (_, content, what) => {
    expect(refusal(content)).toMatchObject({
      code: 'input',
      where: 'events.ndjson',
      message: expect.stringMatching(what),
      hint: expect.stringMatching(/one JSON object a line.*cliptide score FILE/),
    });
  });

  test.each([1, 7, 1_000])(
    'events are let through, in pieces of %i bytes, with a cut line before them too',
    (bytes) => {
      const events = lines('', nativeChat(1, '{"extractor": "[comments"]'), nativeChat(2, 'b'));
      expect(refusal(events, bytes)).toBeUndefined();
      expect(refusal(`\ufeff${events}`, bytes)).toBeUndefined();
      expect(refusal(`e":"the rest of a line"}\n${events}`, bytes)).toBeUndefined();
    },
  );

  test('after the first event anything may come: it is damaged, not the whole', () => {
    expect(refusal(lines(nativeChat(1, 'a'), ...Array.from({ length: 30 }, () => '[broken')))).toBeUndefined();
  });
});
