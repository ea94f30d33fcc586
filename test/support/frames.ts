import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readFrameId } from '../../src/demo/frameid.ts';

const run = promisify(execFile);

/** Numbers in the pictures of a video, in the order of presentation; undefined where none can be read. */
export async function frameNumbers(
  ffmpeg: string,
  path: string,
  [width, height] = [192, 108],
): Promise<(number | undefined)[]> {
  const scale = `scale=${width}:${height}:flags=area,format=gray`;
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-i',
    `file:${path}`,
    '-map',
    '0:v:0',
    '-vf',
    scale,
    '-vsync',
    'passthrough',
  ];
  const { stdout } = await run(ffmpeg, [...args, '-f', 'rawvideo', 'pipe:1'], {
    encoding: 'buffer',
    maxBuffer: 1 << 29,
  });
  const size = width * height;
  return Array.from({ length: Math.floor(stdout.length / size) }, (_, index) =>
    readFrameId({ data: stdout.subarray(index * size, (index + 1) * size), width, height }),
  );
}

/** Seconds of the file at which a click of the click track begins. */
export async function clickTimes(ffmpeg: string, path: string): Promise<number[]> {
  const rate = 8000;
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-i',
    `file:${path}`,
    '-map',
    '0:a:0',
    '-af',
    'aresample=async=1:first_pts=0',
  ];
  const { stdout } = await run(ffmpeg, [...args, '-ac', '1', '-ar', String(rate), '-f', 's16le', 'pipe:1'], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  const times: number[] = [];
  let quietUntil = -1;
  for (let index = 0; index + 1 < stdout.length; index += 2) {
    const second = index / 2 / rate;
    if (Math.abs(stdout.readInt16LE(index)) < 9000 || second < quietUntil) continue;
    times.push(second);
    quietUntil = second + 0.5;
  }
  return times;
}
