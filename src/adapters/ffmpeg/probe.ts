import { stat } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import { type Packet, type ProbeAnswer, probe, type StreamInfo, toTheEnd } from './ffprobe.ts';
import { fileUri } from './source.ts';

/** What a media file truly holds; times in milliseconds. */
export interface MediaInfo {
  /** From its start to the end of the last packet, as its packets say, not its header. */
  readonly durationMs: number;
  /** The file's own time of archive time 0: its first frame that is shown, or its first sound where it has no picture. */
  readonly startMs: number;
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  /** The first picture track that holds any. */
  readonly video: StreamInfo | undefined;
  readonly audio: StreamInfo | undefined;
  /** Time of the first key frame from the start, or undefined without a picture. */
  readonly firstKeyMs: number | undefined;
  /** As ffprobe names it, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly format: string;
}

/** Extent of what was read of a track, in seconds of the file's clock. */
interface Extent {
  start: number;
  end: number;
  firstKey: number | undefined;
}

const headSec = 10;

/**
 * Looks into a local media file. Rejects with `input` when it is not there, `media` when it is not media or holds
 * neither picture nor sound (whatever its header lists), `tool`, `timeout` or `aborted`.
 */
export async function inspectArchive(ffprobe: string, path: string, signal?: AbortSignal): Promise<MediaInfo> {
  await requireFile(path);
  const ask = { ffprobe, uri: fileUri(path), name: path, signal };
  const extents = new Map<number, Extent>();
  const onPacket = (packet: Packet): void => include(extents, packet);
  const head = await probe({ ...ask, intervals: `%+${headSec}`, onPacket });
  for (const stream of head.streams.filter(({ kind, index }) => kind !== 'other' && !extents.has(index))) {
    // A track may begin later than the head, or be listed and empty.
    await probe({ ...ask, select: String(stream.index), intervals: '%+#1', onPacket });
  }
  const present = (kind: StreamInfo['kind']): StreamInfo | undefined =>
    head.streams.find((stream) => stream.kind === kind && extents.has(stream.index));
  const video = present('video');
  const audio = present('audio');
  const main = extents.get((video ?? audio)?.index ?? -1);
  if (main === undefined) throw nothingInside(path, head);
  const endSec = await trueEnd(head, extents, (intervals) => probe({ ...ask, intervals, onPacket }));
  return {
    durationMs: Math.round((endSec - main.start) * 1000),
    startMs: main.start * 1000,
    hasVideo: video !== undefined,
    hasAudio: audio !== undefined,
    video,
    audio,
    firstKeyMs: video === undefined || main.firstKey === undefined ? undefined : main.firstKey * 1000,
    format: head.format,
  };
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    const hint = 'check the path and that this user may read it';
    throw new CliptideError('input', 'the video file does not exist or cannot be read', { where: path, hint, cause });
  });
  if (!found.isFile())
    throw new CliptideError('input', 'this is not a file', { where: path, hint: 'give a video file' });
  if (found.size === 0) throw new CliptideError('media', 'the video file is empty', { where: path });
}

function nothingInside(path: string, head: ProbeAnswer): CliptideError {
  const listed = head.streams.filter(({ kind }) => kind !== 'other').length;
  const message =
    listed === 0
      ? 'this file has neither picture nor sound'
      : `the file's header lists ${listed} track(s) of picture or sound, but none of their data is there`;
  return new CliptideError('media', message, { where: path, hint: 'copy or download the file again' });
}

function include(extents: Map<number, Extent>, packet: Packet): void {
  const time = packet.pts ?? packet.dts;
  if (time === undefined || packet.discard) return;
  const end = time + packet.duration;
  const extent = extents.get(packet.stream) ?? { start: time, end, firstKey: undefined };
  extents.set(packet.stream, extent);
  extent.start = Math.min(extent.start, time);
  extent.end = Math.max(extent.end, end);
  if (packet.key) extent.firstKey = Math.min(extent.firstKey ?? time, time);
}

const lastEnd = (extents: ReadonlyMap<number, Extent>): number =>
  Math.max(...[...extents.values()].map((extent) => extent.end));

/** End of the last packet: of the head where that is all, else near the claimed end, else of the whole file. */
async function trueEnd(
  head: ProbeAnswer,
  extents: ReadonlyMap<number, Extent>,
  read: (intervals: string) => Promise<unknown>,
): Promise<number> {
  const first = Math.min(...[...extents.values()].map((extent) => extent.start));
  const before = lastEnd(extents);
  if (before - first < headSec - 2) return before;
  const claimed = (head.startSec ?? first) + (head.durationSec ?? 0);
  if (claimed > before) {
    await read(`${(claimed - 4).toFixed(3)}%${toTheEnd}`);
    if (lastEnd(extents) > before) return lastEnd(extents);
  }
  await read(`%${toTheEnd}`);
  return lastEnd(extents);
}
