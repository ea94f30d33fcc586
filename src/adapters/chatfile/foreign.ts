import { isNativeRecord } from './formats/native.ts';
import { parseJson } from './json.ts';

/** Something that is often taken for a chat file, and what to give instead. */
export interface Foreign {
  /** Completes "This is ...". */
  readonly what: string;
  readonly hint: string;
}

const unpack = (tool: string): string =>
  `Unpack it (${tool}) and give the chat file in it; only gzip is read as it is.`;
const asJson =
  'Export the chat as JSON: TwitchDownloader with the format JSON, tcd with --format json, chat-downloader with ' +
  '--output chat.json.';
const asLiveChat = 'Live chat comes with: yt-dlp --skip-download --write-subs --sub-langs live_chat URL';
const asLines = 'Write one event a line: jq -c ".[]" FILE for an array, jq -c . FILE for objects.';
const notChat = 'A chat export is wanted here; the recording is given with --vod.';

/** First bytes (hexadecimal, and where they lie) of what is no text. */
const signatures: readonly (readonly [bytes: string, at: number, foreign: Foreign])[] = [
  ['504b0304', 0, { what: 'a ZIP archive', hint: unpack('unzip') }],
  ['1f8b', 0, { what: 'a file that was gzipped twice', hint: unpack('gunzip') }],
  ['425a68', 0, { what: 'a file compressed with bzip2', hint: unpack('bunzip2') }],
  ['fd377a585a00', 0, { what: 'a file compressed with xz', hint: unpack('unxz') }],
  ['28b52ffd', 0, { what: 'a file compressed with Zstandard', hint: unpack('unzstd') }],
  ['377abcaf', 0, { what: 'a 7-Zip archive', hint: unpack('7z x') }],
  ['52617221', 0, { what: 'a RAR archive', hint: unpack('unrar x') }],
  ['66747970', 4, { what: 'a video file (MP4)', hint: notChat }],
  ['1a45dfa3', 0, { what: 'a video file (Matroska)', hint: notChat }],
];

/** How texts begin. */
const texts: readonly (readonly [start: RegExp, foreign: Foreign])[] = [
  [/^\s*#EXTM3U/, { what: 'an HLS playlist', hint: notChat }],
  [
    /^# (?:Start|Stop) logging at /m,
    { what: 'a log of Chatterino', hint: `Give raw IRC lines with tags, or: ${asJson}` },
  ],
  [/^\s*<(?:!doctype|html)[\s\S]*class="comment-/i, { what: 'an HTML export of TwitchDownloader', hint: asJson }],
  [/^\s*<(?:!doctype|html)/i, { what: 'a web page', hint: asJson }],
  [/^time,user_name,user_color,message/, { what: 'a CSV export of TwitchDownloader', hint: asJson }],
  [/^[\w.,]*\btime_in_seconds\b[\w.,]*\n/, { what: 'a CSV export of chat-downloader', hint: asJson }],
  [/^(?:WEBVTT|\[Script Info\]|\d+\n[\d:,]+ --> )/, { what: 'a file of subtitles', hint: `${asJson} ${asLiveChat}` }],
  [
    /^(?=[^\n]*\r[^\n]*\r)[^\n]*$/,
    { what: 'a text whose lines end with a carriage return alone', hint: 'Give it newlines: tr "\\r" "\\n" < FILE' },
  ],
];

/** `[0:00:05] name: text`, `[17:05:36] <@name> text`, `[2021-06-12 20:55:56 UTC] name: text`, `0:05 | name: text`. */
const timedLine = /^(?:\[(?:\d{4}-\d\d-\d\d[ T])?-?[\d:.]{4,12}(?: UTC)?\] |(?:\d{4}-\d\d-\d\d )?-?[\d:]{4,9} \| )/;

/** What a file is that is no chat file, by its beginning (as UTF-8); undefined where nothing is known of it. */
export function foreignKind(prefix: Buffer): Foreign | undefined {
  const begins = prefix.toString('hex', 0, 16);
  const binary = signatures.find(([bytes, at]) => begins.startsWith(bytes, at * 2));
  if (binary !== undefined) return binary[2];
  const text = prefix
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');
  const known = texts.find(([start]) => start.test(text));
  if (known !== undefined) return known[1];
  return isTimedText(text)
    ? { what: 'a text export, as TwitchDownloader, tcd and chat-downloader write it', hint: asJson }
    : foreignJson(text);
}

function isTimedText(text: string): boolean {
  const lines = text
    .slice(0, 64 * 1024)
    .split('\n', 50)
    .filter((line) => line.trim() !== '');
  return lines.filter((line) => timedLine.test(line)).length * 2 > lines.length;
}

function foreignJson(text: string): Foreign | undefined {
  const first = text.trimStart()[0];
  if (first === '[') return { what: 'a JSON array of no chat tool that is known', hint: `${asJson} ${asLines}` };
  if (first !== '{') return undefined;
  if (/"extractor(?:_key)?"\s*:/.test(text)) return { what: "yt-dlp's description of a video", hint: asLiveChat };
  const lines = text.trim().includes('\n');
  return lines && isNativeRecord(parseJson(text))
    ? { what: 'an event that takes several lines', hint: asLines }
    : undefined;
}
