import { basename } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import { type Packet, type ProbeAnswer, probe, type StreamInfo, toTheEnd } from './ffprobe.ts';
import { type Frame, framesOf } from './frames.ts';
import type { PartRun } from './runs.ts';
import { canSeek } from './seekable.ts';
import { sourceUri } from './source.ts';

/** A run's pictures around a span, as they lie in it. Times in seconds on the source's own clock. */
export interface SourceWindow {
  readonly uri: string;
  readonly video: StreamInfo;
  /** Undefined where the window holds no sound. */
  readonly audio: StreamInfo | undefined;
  /** Time at which archive time begins to count in this run: that of its first frame. */
  readonly baseSec: number;
  /** The span on the source's clock. */
  readonly startSec: number;
  readonly endSec: number;
  /** Extent of the sound that was read. */
  readonly sound: { readonly fromSec: number; readonly toSec: number } | undefined;
  /** In decode order. */
  readonly frames: readonly Frame[];
  /** Whether what comes before the window was passed over. */
  readonly sought: boolean;
}

export interface WindowRequest {
  readonly ffprobe: string;
  readonly run: PartRun;
  /** Archive times, in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Seconds read after the span's end, so that every frame before it in presentation was decoded. */
const afterSec = 2;
/** A file is sought in only where more than this lies before the span; then so much earlier at each try, in seconds. */
const worthSeeking = 20;
const leads = [1, 12, 60];

/** Reads which frames there are. Rejects with `media` where there is no picture. */
export async function sourceWindow(request: WindowRequest): Promise<SourceWindow> {
  const { run } = request;
  if (request.startMs - run.startMs > worthSeeking * 1000 && (await canSeek(run.paths))) {
    const head = await readWindow(request, '%+2', false);
    for (const lead of leads) {
      const from = Math.max(head.baseSec, head.startSec - lead);
      const found = await readWindow(
        request,
        `${from.toFixed(3)}%${(head.endSec + afterSec).toFixed(3)}`,
        true,
        head.baseSec,
      );
      if (found.frames.some((frame) => frame.key && frame.pts <= found.startSec)) return found;
    }
  }
  return readWindow(request, `%${run.paths.length === 1 ? readUntil(request) : toTheEnd}`, false);
}

/** How long to read a single file from its start. A file whose clock starts late is read by duration, so from its start. */
function readUntil({ run, endMs }: WindowRequest): string {
  return `+${((endMs - run.startMs) / 1000 + afterSec).toFixed(3)}`;
}

async function readWindow(
  request: WindowRequest,
  intervals: string,
  sought: boolean,
  knownBase?: number,
): Promise<SourceWindow> {
  const packets: Packet[] = [];
  const { run } = request;
  const uri = sourceUri(run.paths);
  const name = run.paths
    .map((path) => basename(path))
    .join(', ')
    .slice(0, 200);
  const onPacket = (packet: Packet): void => {
    packets.push(packet);
  };
  const answer = await probe({ ffprobe: request.ffprobe, uri, name, intervals, onPacket, signal: request.signal });
  const video = present(answer, packets, 'video');
  if (video === undefined) throw new CliptideError('media', 'this media has no picture', { where: name });
  const frames = framesOf(packets.filter(({ stream }) => stream === video.index));
  const baseSec = knownBase ?? extentOf(packets, video.index).fromSec;
  const toSource = (archiveMs: number): number => baseSec + (archiveMs - run.startMs) / 1000;
  const audio = present(answer, packets, 'audio');
  return {
    uri,
    video,
    audio,
    sound: audio === undefined ? undefined : extentOf(packets, audio.index),
    baseSec,
    startSec: toSource(request.startMs),
    endSec: toSource(request.endMs),
    frames,
    sought,
  };
}

function extentOf(packets: readonly Packet[], stream: number): { fromSec: number; toSec: number } {
  let [fromSec, toSec] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { stream: of, pts, duration, discard } of packets) {
    if (of !== stream || pts === undefined || discard) continue;
    fromSec = Math.min(fromSec, pts);
    toSec = Math.max(toSec, pts + duration);
  }
  return { fromSec, toSec };
}

function present(answer: ProbeAnswer, packets: readonly Packet[], kind: StreamInfo['kind']): StreamInfo | undefined {
  const shown = new Set(packets.filter(({ discard }) => !discard).map(({ stream }) => stream));
  return answer.streams.find((stream) => stream.kind === kind && shown.has(stream.index));
}
