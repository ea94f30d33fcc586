import { CliptideError } from '../../domain/errors.ts';
import type { ChatSource, SourceItem } from '../../ports/source.ts';
import { fileBytes, stopped } from './bytes.ts';
import { asUtf8, encodingOf } from './encoding.ts';
import { type Foreign, foreignKind } from './foreign.ts';
import { gunzipped, type InputEnd, isGzip } from './gunzip.ts';
import { batchItems, sniffBytes } from './limits.ts';
import { type Peeked, peek } from './peek.ts';
import { elementItems, lineItems } from './read.ts';
import { type Recognised, recognise } from './recognise.ts';

export interface ChatFileOptions {
  /** Stops reading; `items` then rejects with `aborted`. */
  readonly signal?: AbortSignal;
}

/** The formats that are recognised, for people. */
export const acceptedFormats =
  'TwitchDownloader JSON, yt-dlp live_chat.json, chat-downloader JSON, tcd JSON, raw IRC lines with Twitch tags, ' +
  "TSV (t_ms, user, text) and Cliptide's own NDJSON, plain or gzipped";

/**
 * Opens a chat export; the format is recognised by content. Rejects with `input` for what is missing, unreadable,
 * empty, of an unknown kind or, as far as its first items tell, without anything usable.
 */
export async function openChatFile(path: string, options: ChatFileOptions = {}): Promise<ChatSource> {
  const end: InputEnd = { damage: undefined };
  const text = await openText(path, options.signal, end);
  if (text.whole && text.prefix.toString('utf8').trim() === '') throw emptyFile(path, end);
  const recognised = recognise(text.prefix, text.whole);
  const presumed = recognised === undefined || recognised.presumed === true;
  const foreign = presumed ? foreignKind(text.prefix) : undefined;
  if (recognised === undefined || foreign !== undefined) {
    await text.all.return(undefined);
    throw unknownKind(path, end, foreign);
  }
  const batches = itemsOf(recognised, text, end);
  const { first, ended } = await firstBatches(batches);
  if (ended) throw presumed && first.length === 0 ? unknownKind(path, end) : nothingUsable(path, first.flat());
  const { name, cut } = recognised.format;
  const unit = cut === 'lines' ? 'line' : 'record';
  return { format: name, name: path, unit, items: (signal) => checked(first, batches, path, signal) };
}

/** The file's text as UTF-8, inflated where it is gzipped. */
async function openText(path: string, signal: AbortSignal | undefined, end: InputEnd): Promise<Peeked> {
  const raw = await peek(fileBytes(path, signal), 2);
  const bytes = await peek(isGzip(raw.prefix) ? gunzipped(raw.all, end) : raw.all, sniffBytes);
  const encoding = encodingOf(bytes.prefix, bytes.whole);
  return encoding === 'utf-8' ? bytes : peek(asUtf8(bytes.all, encoding), sniffBytes);
}

function itemsOf({ format, sample }: Recognised, text: Peeked, end: InputEnd): AsyncGenerator<SourceItem[]> {
  return format.cut === 'lines' ? lineItems(format, sample, text.all, end) : elementItems(format, text.all, end);
}

function isUsed(item: SourceItem): boolean {
  return item.kind === 'event' || item.kind === 'native';
}

interface Beginning {
  readonly first: readonly SourceItem[][];
  /** Whether there is no more, and no event. */
  readonly ended: boolean;
}

/** The batches up to the first event, so that a file without one is refused before anything is done with it. */
async function firstBatches(batches: AsyncGenerator<SourceItem[]>): Promise<Beginning> {
  const first: SourceItem[][] = [];
  for (let count = 0; count < batchItems; ) {
    const next = await batches.next();
    if (next.done === true) return { first, ended: true };
    first.push(next.value);
    count += next.value.length;
    if (next.value.some(isUsed)) break;
  }
  return { first, ended: false };
}

async function* checked(
  first: readonly SourceItem[][],
  rest: AsyncGenerator<SourceItem[]>,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly SourceItem[]> {
  let used = false;
  let damaged: SourceItem | undefined;
  try {
    for await (const batch of joined(first, rest)) {
      if (signal?.aborted === true) throw stopped(path);
      used ||= batch.some(isUsed);
      damaged ??= batch.find((item) => item.kind === 'damaged');
      yield batch;
    }
  } finally {
    await rest.return(undefined);
  }
  if (!used) throw nothingUsable(path, damaged === undefined ? [] : [damaged]);
}

async function* joined(
  first: readonly SourceItem[][],
  rest: AsyncGenerator<SourceItem[]>,
): AsyncGenerator<SourceItem[]> {
  yield* first;
  yield* rest;
}

const accepted = `Accepted are ${acceptedFormats}.`;

function emptyFile(path: string, { damage }: InputEnd): CliptideError {
  const message = damage === undefined ? 'The chat file is empty' : `Nothing of the chat file can be read, ${damage}`;
  return new CliptideError('input', `${message}: ${path}`, { where: path, hint: accepted });
}

function unknownKind(path: string, { damage }: InputEnd, foreign?: Foreign): CliptideError {
  const what = foreign === undefined ? 'no chat file of a known kind' : `${foreign.what}, which is not read`;
  const why = damage === undefined ? '' : ` (${damage})`;
  return new CliptideError('input', `This is ${what}${why}: ${path}`, { where: path, hint: foreign?.hint ?? accepted });
}

function nothingUsable(path: string, items: readonly SourceItem[]): CliptideError {
  const damaged = items.find((item) => item.kind === 'damaged');
  const why = damaged === undefined ? '' : `; first damage: record ${damaged.position}, ${damaged.reason}`;
  const hint = `Export the chat again, or give a file with messages. ${accepted}`;
  return new CliptideError('input', `No usable chat message in ${path}${why}`, { where: path, hint });
}
