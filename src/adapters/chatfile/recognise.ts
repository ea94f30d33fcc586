import {
  downloadedArray,
  type ElementFormat,
  type Format,
  type LineFormat,
  lineFormats,
  twitchDocument,
  youtubeArray,
} from './format.ts';
import { isTwitchComment } from './formats/twitchcomments.ts';
import { ElementCutter } from './jsonelements.ts';

/** A format and, for lines, those of the beginning. */
export interface Recognised {
  readonly format: Format;
  readonly sample: readonly string[];
  /** Whether nothing speaks against it yet, and only records that are found will speak for it. */
  readonly presumed?: true;
}

const judgedLines = 200;

/**
 * The format of a text by its beginning (UTF-8), or undefined. Names of files say nothing: exports get renamed. Lines
 * come first, since a line that is a whole record cannot be part of a larger JSON value; `whole`: there is no more.
 */
export function recognise(prefix: Buffer, whole: boolean): Recognised | undefined {
  const text = prefix.toString('utf8').replace(/^\ufeff/, '');
  const sample = completeLines(text, whole);
  const lines = bestOfLines(sample.slice(0, judgedLines));
  if (lines !== undefined) return { format: lines, sample };
  const first = text.trimStart()[0];
  if (first !== '[' && first !== '{') return undefined;
  const elements = firstElements(prefix);
  const document = first === '[' ? arrayFormat(elements, whole) : objectFormat(text, elements);
  if (document !== undefined) return { format: document, sample };
  // Large members, such as embedded images, may come before the comments.
  const mayGoOn = first === '{' && !whole && elements.length === 0;
  return mayGoOn ? { format: twitchDocument('twitch-downloader'), sample, presumed: true } : undefined;
}

function completeLines(text: string, whole: boolean): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (!whole) lines.pop();
  return lines.filter((line) => line.trim() !== '');
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

const arrays: readonly ElementFormat[] = [downloadedArray, twitchDocument('tcd'), youtubeArray];

/** Values of the elements that lie in the beginning; undefined for one that is damaged or cut. */
function firstElements(prefix: Buffer): readonly unknown[] {
  const cutter = new ElementCutter((value) => arrays.some((format) => format.isRecord(value)));
  return [...cutter.push(prefix), ...cutter.end()].map((element) => element.value);
}

/** An array without elements is taken for chat-downloader's, which writes one for a chat without messages. */
function arrayFormat(elements: readonly unknown[], whole: boolean): Format | undefined {
  const found = arrays.find((format) => elements.some(format.isRecord));
  return found ?? (whole && elements.length === 0 ? downloadedArray : undefined);
}

/** tcd writes `video` and `comments` only. Other tools have `comments` too: those below a video, for instance. */
function objectFormat(text: string, elements: readonly unknown[]): Format | undefined {
  if (/"(?:FileInfo|streamer|embeddedData)"\s*:/.test(text)) return twitchDocument('twitch-downloader');
  if (elements.some(isTwitchComment)) return twitchDocument('tcd');
  const others = elements.some((value) => value !== undefined);
  return !others && /"comments"\s*:\s*\[/.test(text) ? twitchDocument('tcd') : undefined;
}
