import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliptideError } from '../domain/errors.ts';
import { painter } from './picture.ts';
import { FPS, HEIGHT, SAMPLE_RATE, SEGMENT_SEC, WIDTH } from './plan.ts';
import { soundMaker } from './sound.ts';

export interface EncoderOptions {
  /** Path of ffmpeg. */
  readonly ffmpeg: string;
  /** An empty folder for the segments. */
  readonly folder: string;
  /** How much of the broadcast, from its zero; a multiple of a segment. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

export const segmentName = (index: number): string => `seg-${String(index).padStart(5, '0')}.ts`;

/**
 * Makes the broadcast's segments: H.264 and AAC in MPEG-TS, 2 s each, with a key frame at each start. A segment gets
 * its name when it is whole. Resolves when all are there; rejects with `tool` when ffmpeg fails, `aborted` on abort.
 */
export async function encode(options: EncoderOptions): Promise<void> {
  if (options.signal.aborted) throw failure(options.signal, '');
  // In a session of its own, so that a Ctrl-C is told to the command only; it ends when its inputs close.
  const child = spawn(options.ffmpeg, args(options.folder), {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const [pictureIn, , said, soundIn] = child.stdio;
  const stop = (): boolean => child.kill('SIGKILL');
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const ended = once(child, 'close');
    const words = lastWords(said);
    // Whoever watches comes first: the made broadcast only has to stay ahead of its own clock.
    if (child.pid !== undefined) setPriority(child.pid, 5);
    await Promise.all([feed(pictures(options.seconds), pictureIn), feed(sounds(options.seconds), soundIn), ended]);
    if (child.exitCode !== 0) throw failure(options.signal, await words);
  } catch (error) {
    throw error instanceof CliptideError ? error : failure(options.signal, String(error), error);
  } finally {
    options.signal.removeEventListener('abort', stop);
    stop();
  }
}

function args(folder: string): string[] {
  const video = `-f rawvideo -pix_fmt yuv420p -s ${WIDTH}x${HEIGHT} -r ${FPS} -i pipe:0`;
  const audio = `-f s16le -ar ${SAMPLE_RATE} -ac 1 -i pipe:3`;
  const gop = SEGMENT_SEC * FPS;
  const h264 = `-c:v libx264 -preset ultrafast -crf 27 -threads 1 -g ${gop} -keyint_min ${gop} -sc_threshold 0`;
  const aac = '-c:a aac -b:a 64k';
  const hls = `-f hls -hls_time ${SEGMENT_SEC} -hls_list_size 2 -hls_flags temp_file -hls_segment_filename`;
  const words = `-nostdin -v error ${video} ${audio} -map 0:v -map 1:a ${h264} ${aac} ${hls}`.split(' ');
  return [...words, join(folder, 'seg-%05d.ts'), join(folder, 'encoder.m3u8')];
}

function* pictures(seconds: number): Generator<Buffer> {
  const paint = painter();
  for (let n = 0; n < seconds * FPS; n++) yield Buffer.from(paint(n));
}

function* sounds(seconds: number): Generator<Buffer> {
  const make = soundMaker();
  for (let sec = 0; sec < seconds; sec++) yield Buffer.from(new Uint8Array(make(sec).buffer));
}

/** A pipe that closes early is not an error here: ffmpeg's exit code and its words tell why. */
async function feed(chunks: Iterable<Buffer>, to: unknown): Promise<void> {
  if (!(to instanceof Writable)) throw new CliptideError('internal', 'the encoder was started without an input pipe');
  await pipeline(Readable.from(chunks, { highWaterMark: 4 }), to).catch((error: NodeJS.ErrnoException) => {
    if (!closedEarly.has(error.code ?? '')) throw error;
  });
}

const closedEarly: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

async function lastWords(stream: unknown): Promise<string> {
  let all = '';
  if (stream instanceof Readable) for await (const chunk of stream) all = `${all}${String(chunk)}`.slice(-2000);
  return all.trim();
}

function failure(signal: AbortSignal, said: string, cause?: unknown): CliptideError {
  if (signal.aborted) return new CliptideError('aborted', 'making the broadcast was stopped');
  return new CliptideError('tool', `ffmpeg could not make the broadcast: ${said === '' ? 'it said nothing' : said}`, {
    where: 'demo encoder',
    hint: 'run `cliptide doctor`: it says whether this ffmpeg has libx264 and aac',
    cause,
  });
}
