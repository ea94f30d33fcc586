import { basename } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import { type Packet, type ProbeAnswer, probe, type StreamInfo, toTheEnd } from './ffprobe.ts';
import { framesOf } from './frames.ts';
import { canSeek } from './seekable.ts';
import { sourceUri } from './source.ts';
import { afterSec, extentOf, type SourceWindow, type WindowRequest } from './window.ts';

/** A file is sought in only where more than this lies before the span; then so much earlier at each try, in seconds. */
const worthSeeking = 20;
const leads = [1, 12, 60];

/** Asks ffprobe which frames there are. Rejects with `media` where there is no picture. */
export async function probedWindow(request: WindowRequest): Promise<SourceWindow> {
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
  const packetsOf = ({ index }: StreamInfo): Packet[] => packets.filter(({ stream }) => stream === index);
  const frames = framesOf(packetsOf(video));
  const baseSec = knownBase ?? extentOf(packetsOf(video)).fromSec;
  const toSource = (archiveMs: number): number => baseSec + (archiveMs - run.startMs) / 1000;
  const audio = present(answer, packets, 'audio');
  return {
    uri,
    video,
    audio,
    sound: audio === undefined ? undefined : extentOf(packetsOf(audio)),
    baseSec,
    startSec: toSource(request.startMs),
    endSec: toSource(request.endMs),
    frames,
    sought,
    bytes: undefined,
  };
}

function present(answer: ProbeAnswer, packets: readonly Packet[], kind: StreamInfo['kind']): StreamInfo | undefined {
  const shown = new Set(packets.filter(({ discard }) => !discard).map(({ stream }) => stream));
  return answer.streams.find((stream) => stream.kind === kind && shown.has(stream.index));
}
