import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Segments of four seconds at 1 Mb/s: one loop of picture and sound, again and again with its own time stamps. */
export async function constantRateSegments(
  ffmpeg: string,
  folder: string,
  seconds: number,
): Promise<readonly Buffer[]> {
  const made = join(folder, 'made');
  const inputs = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-f', 'lavfi', '-i', 'sine=frequency=300'];
  const steady = ['-b:v', '1M', '-minrate', '1M', '-maxrate', '1M', '-bufsize', '1M', '-x264-params', 'nal-hrd=cbr'];
  const picture = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', ...steady];
  const quiet = ['-v', 'error', '-nostdin', '-y'];
  await run(ffmpeg, [...quiet, ...inputs, ...picture, '-c:a', 'aac', '-t', '8', `${made}.ts`]);
  await run(ffmpeg, [
    ...quiet,
    ...['-stream_loop', '-1', '-i', `${made}.ts`, '-t', String(seconds), '-c', 'copy'],
    ...['-f', 'hls', '-hls_time', '4', '-hls_list_size', '0'],
    ...['-hls_segment_filename', join(folder, 'made-%d.ts'), `${made}.m3u8`],
  ]);
  const count = readdirSync(folder).filter((name) => /^made-\d+\.ts$/.test(name)).length;
  return Array.from({ length: count }, (_, k) => readFileSync(join(folder, `made-${k}.ts`)));
}
