import { chatDownloaderMapper, isDownloadedItem } from './formats/chatdownloader.ts';
import { ircMapper, isHistorical, isIrcLine } from './formats/irc.ts';
import { isNativeRecord, nativeMapper } from './formats/native.ts';
import { isTsvLine, tsvMapper } from './formats/tsv.ts';
import { isTwitchComment, twitchCommentMapper } from './formats/twitchcomments.ts';
import { isYoutubeRecord, youtubeMapper } from './formats/youtube.ts';
import type { RecordMapper } from './items.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';

/** A format of chat exports: how its bytes are cut into records, and what its records are to us. */
export type Format = LineFormat | ElementFormat;

/** A record a line. */
export interface LineFormat {
  readonly name: string;
  readonly cut: 'lines';
  readonly isRecord: (line: string) => boolean;
  /** A mapper for one file; `sample` are the lines of its beginning. */
  readonly mapper: (sample: readonly string[]) => RecordMapper<string>;
}

/** Elements of one JSON array. */
export interface ElementFormat {
  readonly name: string;
  readonly cut: 'elements';
  readonly isRecord: (value: unknown) => boolean;
  readonly mapper: () => RecordMapper<JsonObject>;
}

function jsonLines(
  name: string,
  isRecord: (value: unknown) => boolean,
  mapper: () => RecordMapper<JsonObject>,
): LineFormat {
  return {
    name,
    cut: 'lines',
    isRecord: (line) => line.startsWith('{') && isRecord(parseJson(line)),
    mapper: () => jsonLineMapper(mapper()),
  };
}

/** Has the lines of an NDJSON file parsed before they are mapped. */
export function jsonLineMapper(mapper: RecordMapper<JsonObject>): RecordMapper<string> {
  return (line, position) => {
    const value = parseJson(line);
    if (value === undefined) return 'the line is no valid JSON';
    return isObject(value) ? mapper(value, position) : 'the line is no JSON object';
  };
}

export const nativeFormat: LineFormat = jsonLines('ndjson', isNativeRecord, nativeMapper);

export const lineFormats: readonly LineFormat[] = [
  nativeFormat,
  jsonLines('yt-dlp', isYoutubeRecord, youtubeMapper),
  jsonLines('chat-downloader', isDownloadedItem, chatDownloaderMapper),
  jsonLines('tcd', isTwitchComment, twitchCommentMapper),
  {
    name: 'irc',
    cut: 'lines',
    isRecord: isIrcLine,
    mapper: (sample) => ircMapper(onlyHistorical(sample)),
  },
  { name: 'tsv', cut: 'lines', isRecord: isTsvLine, mapper: tsvMapper },
];

function onlyHistorical(sample: readonly string[]): boolean {
  const messages = sample.filter((line) => line.includes(' PRIVMSG '));
  return messages.length > 0 && messages.every(isHistorical);
}

export const downloadedArray: ElementFormat = {
  name: 'chat-downloader',
  cut: 'elements',
  isRecord: isDownloadedItem,
  mapper: chatDownloaderMapper,
};

/** Lines of yt-dlp that somebody made an array of. */
export const youtubeArray: ElementFormat = {
  name: 'yt-dlp',
  cut: 'elements',
  isRecord: isYoutubeRecord,
  mapper: youtubeMapper,
};

/** TwitchDownloader and tcd write the same comments. */
export function twitchDocument(name: 'twitch-downloader' | 'tcd'): ElementFormat {
  return { name, cut: 'elements', isRecord: isTwitchComment, mapper: twitchCommentMapper };
}
