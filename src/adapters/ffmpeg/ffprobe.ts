import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CliptideError } from '../../domain/errors.ts';
import { ownSession } from './session.ts';
import { localOnly } from './source.ts';

/** A packet; times in seconds on the file's own clock, undefined where it has none. */
export interface Packet {
  readonly stream: number;
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  /** 0 where it is not known. */
  readonly duration: number;
  readonly key: boolean;
  /** Not to be shown: before the start of an edit list. */
  readonly discard: boolean;
}

export interface StreamInfo {
  readonly index: number;
  readonly kind: 'video' | 'audio' | 'other';
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Numerator and denominator, as text, such as `1/90000`. */
  readonly timeBase: string;
  /** Frames a second on average, 0 where it is not known. */
  readonly rate: number;
  readonly startSec: number | undefined;
  /** As the header claims. */
  readonly durationSec: number | undefined;
  /** 0 for a picture. */
  readonly sampleRate: number;
  /** Clockwise turn in degrees that a player applies. */
  readonly rotation: number;
}

export interface ProbeAnswer {
  readonly streams: readonly StreamInfo[];
  readonly format: string;
  /** As the header claims. */
  readonly durationSec: number | undefined;
  readonly startSec: number | undefined;
}

export interface ProbeRequest {
  readonly ffprobe: string;
  readonly uri: string;
  /** For people. */
  readonly name: string;
  /** ffprobe's `-read_intervals`: which packets to read; none unless given. */
  readonly intervals?: string;
  /** ffprobe's `-select_streams`. */
  readonly select?: string;
  readonly onPacket?: (packet: Packet) => void;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

/** End of an interval that lasts to the end of the file. ffprobe 6.0 reads no packet at all where none is given. */
export const toTheEnd = '+10000000';

const packetEntries = 'packet=stream_index,pts_time,dts_time,duration_time,flags';
const entries = [
  'stream=index,codec_type,codec_name,width,height,time_base,avg_frame_rate,r_frame_rate,start_time,duration,sample_rate',
  'stream_disposition=attached_pic',
  'stream_side_data=rotation',
  'format=format_name,start_time,duration',
].join(':');

/** Who sends one of these wants a program to end; it has not failed. */
const stops: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/** Asks ffprobe about a local source. Rejects with `media` when it is none that can be read, `tool`, `timeout`, `aborted`. */
export async function probe(request: ProbeRequest): Promise<ProbeAnswer> {
  const deadline = AbortSignal.timeout(request.deadlineMs ?? 60_000);
  const stop = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  const packets = request.intervals === undefined ? [] : ['-read_intervals', request.intervals];
  const shown = request.intervals === undefined ? entries : `${packetEntries}:${entries}`;
  const select = request.select === undefined ? [] : ['-select_streams', request.select];
  const args = ['-v', 'error', ...localOnly, ...packets, ...select, '-show_entries', shown, '-of', 'compact'];
  const child = spawn(request.ffprobe, [...args, '-i', request.uri], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stop,
    killSignal: 'SIGKILL',
    windowsHide: true,
    detached: ownSession,
    // The static build from npm would load the system's character set modules to read a TS service name, and crash.
    env: { ...process.env, GCONV_PATH: '/nonexistent' },
  });
  const closed = once(child, 'close').catch((cause: unknown) => cause);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 2000);
  });
  const answer = await readAnswer(createInterface({ input: child.stdout }), request);
  const end = await closed;
  if (request.signal?.aborted)
    throw new CliptideError('aborted', 'ffprobe was ended on request', { where: request.name });
  if (deadline.aborted) throw new CliptideError('timeout', 'ffprobe did not answer in time', { where: request.name });
  if (end instanceof Error) {
    throw new CliptideError('tool', `ffprobe could not be started: ${end.message}`, {
      where: request.ffprobe,
      cause: end,
    });
  }
  const [, killedBy] = end as [number | null, string | null];
  if (killedBy !== null) {
    throw new CliptideError(
      stops.has(killedBy) ? 'aborted' : 'tool',
      `ffprobe ended by ${killedBy} while it read ${request.name}`,
      {
        where: request.ffprobe,
        hint: 'install ffmpeg, or set CLIPTIDE_FFPROBE to another ffprobe',
      },
    );
  }
  // It also exits with 0 or 1 for a file that breaks off; what it could read stands then.
  if (answer.streams.length === 0) throw notMedia(request.name, complaint);
  return answer;
}

function notMedia(name: string, complaint: string): CliptideError {
  const said = complaint.trim().split('\n').at(-1) ?? '';
  const why = said.split(': ').at(-1) ?? '';
  return new CliptideError('media', `this is not media that ffmpeg can read${why === '' ? '' : ` (${why})`}`, {
    where: name,
    hint: 'give a video such as MP4, MKV or TS, or an HLS playlist',
  });
}

async function readAnswer(lines: AsyncIterable<string>, request: ProbeRequest): Promise<ProbeAnswer> {
  const streams: StreamInfo[] = [];
  let format: ReadonlyMap<string, string> = new Map();
  for await (const line of lines) {
    const fields = new Map(
      line.split('|').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
    );
    if (line.startsWith('packet|')) request.onPacket?.(packetOf(fields));
    else if (line.startsWith('stream|')) streams.push(streamOf(fields, line));
    else if (line.startsWith('format|')) format = fields;
    else if (line.startsWith('side_data|')) turnLast(streams, line);
  }
  return {
    streams,
    format: format.get('format_name') ?? '',
    durationSec: seconds(format.get('duration')),
    startSec: seconds(format.get('start_time')),
  };
}

/** Side data stands behind its stream, or on lines of its own where there is more than one. */
function turnLast(streams: StreamInfo[], line: string): void {
  const last = streams.pop();
  if (last !== undefined) streams.push({ ...last, rotation: rotationIn(line) || last.rotation });
}

function rotationIn(line: string): number {
  return (360 - Number(/rotation=(-?\d+)/.exec(line)?.[1] ?? 0)) % 360;
}

function packetOf(fields: ReadonlyMap<string, string>): Packet {
  const flags = fields.get('flags') ?? '';
  return {
    stream: Number(fields.get('stream_index')),
    pts: seconds(fields.get('pts_time')),
    dts: seconds(fields.get('dts_time')),
    duration: seconds(fields.get('duration_time')) ?? 0,
    key: flags.includes('K'),
    discard: flags.includes('D'),
  };
}

function streamOf(fields: ReadonlyMap<string, string>, line: string): StreamInfo {
  const type = fields.get('codec_type');
  const picture = type === 'video' && fields.get('disposition:attached_pic') !== '1';
  return {
    index: Number(fields.get('index')),
    kind: picture ? 'video' : type === 'audio' ? 'audio' : 'other',
    codec: fields.get('codec_name') ?? '',
    width: Number(fields.get('width') ?? 0),
    height: Number(fields.get('height') ?? 0),
    timeBase: fields.get('time_base') ?? '1/1000',
    rate: ratio(fields.get('avg_frame_rate')) || ratio(fields.get('r_frame_rate')),
    startSec: seconds(fields.get('start_time')),
    durationSec: seconds(fields.get('duration')),
    sampleRate: Number(fields.get('sample_rate') ?? 0),
    rotation: rotationIn(line),
  };
}

function seconds(text: string | undefined): number | undefined {
  const value = Number(text ?? 'N/A');
  return Number.isFinite(value) ? value : undefined;
}

function ratio(text: string | undefined): number {
  const [above = 0, below = 0] = (text ?? '').split('/').map(Number);
  return below === 0 ? 0 : above / below;
}
