import { downloadedArray, type Format, type LineFormat, lineFormats, twitchDocument } from './format.ts';
import { isDownloadedItem } from './formats/chatdownloader.ts';
import { isTwitchComment } from './formats/twitchcomments.ts';
import { ElementCutter } from './jsonelements.ts';

/** A format and, for lines, the ones that it was recognised by. */
export interface Recognised {
  readonly format: Format;
  readonly sample: readonly string[];
}

const sampleLines = 200;

/**
 * The format of a text by its beginning (UTF-8), or undefined. Names of files say nothing: exports get renamed. Lines
 * come first, since a line that is a whole record cannot be part of a larger JSON value; `whole`: there is no more.
 */
export function recognise(prefix: Buffer, whole: boolean): Recognised | undefined {
  const text = prefix.toString('utf8').replace(/^\ufeff/, '');
  const sample = completeLines(text, whole);
  const lines = bestOfLines(sample);
  if (lines !== undefined) return { format: lines, sample };
  const first = text.trimStart()[0];
  const document = first === '[' ? arrayFormat(prefix, whole) : first === '{' ? objectFormat(text, prefix) : undefined;
  return document === undefined ? undefined : { format: document, sample };
}

function completeLines(text: string, whole: boolean): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (!whole) lines.pop();
  return lines.filter((line) => line.trim() !== '').slice(0, sampleLines);
}

/** The format that most lines have, if at least one in ten has it: some lines may be broken or of the system. */
function bestOfLines(lines: readonly string[]): LineFormat | undefined {
  let best: { readonly format: LineFormat; readonly count: number } | undefined;
  for (const format of lineFormats) {
    const count = lines.filter((line) => format.isRecord(line)).length;
    if (count * 10 >= lines.length && count > (best?.count ?? 0)) best = { format, count };
  }
  return best?.format;
}

function firstElements(prefix: Buffer): readonly unknown[] {
  const cutter = new ElementCutter((value) => isTwitchComment(value) || isDownloadedItem(value));
  return [...cutter.push(prefix), ...cutter.end()].map((element) => element.value);
}

/** An array without elements is taken for chat-downloader's, which writes one for a chat without messages. */
function arrayFormat(prefix: Buffer, whole: boolean): Format | undefined {
  const elements = firstElements(prefix);
  if (elements.some(isDownloadedItem)) return downloadedArray;
  if (elements.some(isTwitchComment)) return twitchDocument('tcd');
  return whole && elements.length === 0 ? downloadedArray : undefined;
}

/** tcd writes `video` and `comments` only; large members (embedded images) may come before the comments. */
function objectFormat(text: string, prefix: Buffer): Format | undefined {
  const byTwitchDownloader = /"(?:FileInfo|streamer|embeddedData)"\s*:/.test(text);
  if (byTwitchDownloader) return twitchDocument('twitch-downloader');
  const holdsComments = firstElements(prefix).some(isTwitchComment) || /"comments"\s*:\s*\[/.test(text);
  return holdsComments ? twitchDocument('tcd') : undefined;
}
