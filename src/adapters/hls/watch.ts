import { CliptideError } from '../../domain/errors.ts';
import { stableId } from '../../domain/ids.ts';
import type { ArchiveEvent } from '../../domain/records.gen.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WatchOptions } from './options.ts';
import { Poller } from './poll.ts';
import { openFollowed } from './reopen.ts';
import { shownUri } from './resolve.ts';
import { SoundTrack } from './soundtrack.ts';
import type { PlaylistSource, ReadPlaylist } from './source.ts';
import { type FreshSegment, SegmentTracker } from './tracker.ts';

export type { WatchOptions } from './options.ts';

/**
 * Follows a playlist and yields its archive events as they become known: `opened`, each `segment` once, `ended`. Equal
 * playlists give equal event ids. Rejects with `input` (no playlist, nothing in it), `media` (encrypted),
 * `media-gone`, `forbidden` or `unavailable`.
 */
export async function* watchArchive(options: WatchOptions): AsyncGenerator<readonly ArchiveEvent[]> {
  try {
    yield* follow(options);
  } catch (error) {
    const isShutdown = error instanceof CliptideError && error.code === 'aborted' && options.signal?.aborted;
    if (!isShutdown) throw error;
  }
}

async function* follow(options: WatchOptions): AsyncGenerator<readonly ArchiveEvent[]> {
  const { live, logger, signal, stop, time } = options;
  const source = await openFollowed(options);
  const { playlist } = source.first;
  const where = shownUri(source.uri);
  if (!live && playlist.segments.every(({ gap }) => gap)) {
    const hint = 'Give the playlist of a recording that has media, or wait until it has.';
    const what = playlist.segments.length === 0 ? 'no segment' : 'nothing but gaps';
    throw new CliptideError('input', `The playlist lists ${what}: ${where}`, { where, hint });
  }
  const sound = source.sound === null ? undefined : await SoundTrack.open(source.sound, source.uri, options);
  if (!source.hasAudio && sound === undefined) logger.warn('There is no sound; clips will be silent', { uri: where });
  if (options.after === undefined) yield [openedEvent(options, source)];
  const tracker = new SegmentTracker(options.after);
  const poller = new Poller(source, time, logger);
  let read: ReadPlaylist | 'unchanged' | 'gone' = source.first;
  let targetMs = playlist.targetDurationMs;
  while (true) {
    const events = typeof read === 'string' ? [] : segmentEvents(options, tracker, read);
    if (events.length > 0) yield events;
    const heard = (await sound?.fresh(signal)) ?? [];
    if (heard.length > 0) yield heard.map((fresh) => soundEvent(options, fresh));
    if (typeof read !== 'string') targetMs = read.playlist.targetDurationMs;
    const isOver = read === 'gone' || (typeof read !== 'string' && read.playlist.ended);
    if (!live || isOver || stop?.aborted) break;
    await pause(time, poller.waitMs(targetMs, events.length > 0), signal, stop);
    read = await poller.poll(signal);
  }
  yield [endedEvent(options, tracker.endMs)];
}

/** Waits, but not beyond the operator's stop. */
async function pause(time: Clock, ms: number, signal?: AbortSignal, stop?: AbortSignal): Promise<void> {
  const signals = [signal, stop].filter((one) => one !== undefined);
  try {
    await time.sleep(ms, AbortSignal.any(signals));
  } catch (error) {
    if (signal?.aborted || !stop?.aborted) throw error;
  }
}

function eventOf(options: WatchOptions, kind: string, ...identity: readonly (string | number)[]): ArchiveEvent {
  const { streamId, channelId, time } = options;
  const eventId = stableId('archive', streamId, kind, ...identity);
  return {
    eventId,
    streamId,
    channelId,
    atMs: time.now(),
    kind,
    opened: null,
    segment: null,
    ended: null,
    sound: null,
  };
}

function openedEvent(options: WatchOptions, source: PlaylistSource): ArchiveEvent {
  const { clock, zeroAtMs, offsetMs } = options;
  const { uri, address, hasVideo, hasAudio } = source;
  const opened = { uri, type: 'hls', clock, zeroAtMs, offsetMs, durationMs: null, hasVideo, hasAudio, source: address };
  return { ...eventOf(options, 'opened'), opened };
}

function segmentEvents(options: WatchOptions, tracker: SegmentTracker, read: ReadPlaylist): ArchiveEvent[] {
  return tracker.take(read).map(({ segment, discontinuitySequence }) => ({
    ...eventOf(options, 'segment', segment.sequence, discontinuitySequence, segment.media.uri),
    // Nothing leaves a recording, whatever its playlist looks like.
    segment: options.live ? segment : { ...segment, windowMs: null },
  }));
}

function soundEvent(options: WatchOptions, { segment, discontinuitySequence }: FreshSegment): ArchiveEvent {
  const identity = [segment.sequence, discontinuitySequence, segment.media.uri];
  return { ...eventOf(options, 'sound', ...identity), sound: options.live ? segment : { ...segment, windowMs: null } };
}

function endedEvent(options: WatchOptions, durationMs: number): ArchiveEvent {
  return { ...eventOf(options, 'ended'), ended: { durationMs } };
}
