import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectArchive } from '../../adapters/ffmpeg/probe.ts';
import { isPlaylistFile } from '../../adapters/hls/load.ts';
import { shownUri } from '../../adapters/hls/resolve.ts';
import { watchArchive } from '../../adapters/hls/watch.ts';
import { CliptideError, toCliptideError } from '../../domain/errors.ts';
import type { ArchiveEvent, ArchiveOpened } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MediaCache } from '../../ports/mediacache.ts';
import type { Broadcast } from '../../stages/ingest/broadcast.ts';
import { clockSeconds } from './clocktime.ts';
import { withDateTimes } from './datetimes.ts';

/** How the chat's zero is found in the archive: at a second of it, or by its program date-times. */
export type Offset = { readonly seconds: number } | 'clock';

/** Seconds as a number or as `h:mm:ss`, or `clock`. Throws `usage` for anything else. */
export function parseOffset(text: string): Offset {
  if (text === 'clock') return 'clock';
  const seconds = clockSeconds(text) ?? (text.trim() === '' ? Number.NaN : Number(text));
  if (Number.isFinite(seconds)) return { seconds };
  const hint = 'give seconds (12.5), h:mm:ss, or "clock"';
  throw new CliptideError('usage', `"${text}" is no offset`, { where: '--offset', hint });
}

export interface ArchiveSourceOptions {
  /** A file path or an http(s) URL, as the person gave it. */
  readonly vod: string;
  readonly offset: Offset;
  readonly ffprobe: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Of a master playlist; the best variant where it is undefined. */
  readonly mostBitsPerSecond: number | undefined;
}

/** What reads remote media. */
export interface MediaReaders {
  readonly fetcher: Fetcher;
  readonly cache: MediaCache;
}

/** An archive that was looked at, before it is known which broadcast it belongs to and what reads it. */
export type FoundArchive = (broadcast: Broadcast, readers: MediaReaders) => AsyncIterable<readonly ArchiveEvent[]>;

const isUrl = (vod: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(vod);

/** Looks at a recording. Rejects with `input` when it is no media, has no picture, or cannot be read. */
export async function findArchive(given: ArchiveSourceOptions): Promise<FoundArchive> {
  const options = { ...given, vod: pathIfFile(given.vod) };
  const { vod } = options;
  if (isUrl(vod)) return remote(options);
  if (await isPlaylistFile(resolve(vod))) return playlist(options);
  if (options.offset === 'clock') throw noDateTimes();
  const path = resolve(vod);
  const info = await inspectArchive(options.ffprobe, path, options.signal).catch((error) => {
    throw asInput(error, vod);
  });
  if (!info.hasVideo) {
    throw new CliptideError('input', 'the recording has no picture', {
      where: vod,
      hint: 'give one with a video track',
    });
  }
  const { durationMs, hasVideo, hasAudio } = info;
  return (broadcast) => file(broadcast, { uri: path, durationMs, hasVideo, hasAudio, offset: options.offset });
}

/** An address is an MP4 or a playlist by what is there, whatever its name. */
function remote(options: ArchiveSourceOptions): FoundArchive {
  const { vod, offset, signal } = options;
  return async function* (broadcast, readers) {
    const { streamId, channelId } = broadcast;
    const whose = { streamId, channelId };
    const info = await readers.cache.inspect({ ...whose, url: vod, signal }).catch((error) => {
      throw asInput(error, vod);
    });
    if (info === undefined) return yield* playlist(options)(broadcast, readers);
    if (offset === 'clock') throw noDateTimes();
    yield* file(broadcast, { uri: vod, ...info, offset });
  };
}

function noDateTimes(): CliptideError {
  const hint = 'give --offset SECONDS: at which second of the file the chat begins';
  return new CliptideError('usage', 'a file has no program date-times to go by', { where: '--offset clock', hint });
}

/** An address of a file, as file managers give it, is its path. Throws `usage` for one that names another machine. */
function pathIfFile(vod: string): string {
  if (!/^file:\/\//i.test(vod)) return vod;
  try {
    return fileURLToPath(vod);
  } catch (cause) {
    const hint = 'give the path of the file, or file:// and its absolute path';
    throw new CliptideError('usage', 'this is no address of a file on this machine', { where: vod, hint, cause });
  }
}

function asInput(error: unknown, vod: string): CliptideError {
  const known = toCliptideError(error);
  if (known.code !== 'media' && known.code !== 'media-gone') return known;
  const hint = known.hint ?? 'give a file that ffprobe understands, or an HLS playlist';
  return new CliptideError('input', known.message, { where: known.where ?? shownUri(vod), hint, cause: error });
}

function playlist(options: ArchiveSourceOptions): FoundArchive {
  const { vod, offset, clock, logger, signal, mostBitsPerSecond } = options;
  const most = mostBitsPerSecond === undefined ? {} : { mostBitsPerSecond };
  return ({ streamId, channelId, zeroAtMs }, { fetcher }) => {
    const events = watchArchive({
      uri: isUrl(vod) ? vod : resolve(vod),
      streamId,
      channelId,
      clock: offset === 'clock' ? 'programDateTime' : 'offset',
      zeroAtMs,
      offsetMs: offset === 'clock' ? 0 : offset.seconds * 1_000,
      live: false,
      ...most,
      fetcher,
      time: clock,
      logger,
      signal,
    });
    return orInput(offset === 'clock' ? withDateTimes(events, vod, logger) : events, vod);
  };
}

/** A recording's playlist that is not there is an input with nothing in it. */
async function* orInput<T>(events: AsyncIterable<T>, vod: string): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    throw asInput(error, vod);
  }
}

interface FileFields extends Pick<ArchiveOpened, 'hasVideo' | 'hasAudio'> {
  readonly uri: string;
  readonly durationMs: number;
  readonly offset: Offset;
}

/** A progressive file is there as a whole: it opens and has ended. */
async function* file(broadcast: Broadcast, fields: FileFields): AsyncGenerator<readonly ArchiveEvent[]> {
  const { streamId, channelId, zeroAtMs } = broadcast;
  const { uri, durationMs, hasVideo, hasAudio, offset } = fields;
  const offsetMs = offset === 'clock' ? 0 : offset.seconds * 1_000;
  const base = { streamId, channelId, atMs: zeroAtMs, opened: null, segment: null, ended: null, sound: null };
  const common = { zeroAtMs, offsetMs, durationMs, hasVideo, hasAudio, source: null };
  const opened = { uri, type: 'file', clock: 'offset', ...common };
  yield [
    { ...base, eventId: 'opened', kind: 'opened', opened },
    { ...base, eventId: 'ended', kind: 'ended', ended: { durationMs } },
  ];
}
