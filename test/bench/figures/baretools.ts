import { join } from 'node:path';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { type ChildRun, runChild } from '../child.ts';

/** ffmpeg and ffprobe as somebody would call them without Cliptide. Spans are in seconds. */
export interface BareTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  readonly version: string;
  run(args: readonly string[]): Promise<ChildRun>;
  /** Cuts a span with these codecs. */
  cut(vod: string, fromSec: number, lastsSec: number, codecs: readonly string[]): Promise<ChildRun>;
  /** One after the other: which packets there are, the copy, its poster, its packets, a look at key frames and sound. */
  copyAndCheck(vod: string, fromSec: number, lastsSec: number): Promise<void>;
}

/** What the source's encode is told; the bare one too. */
export const encoded = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '19', '-pix_fmt', 'yuv420p'];
const packets = ['-v', 'error', '-show_entries', 'packet=stream_index,pts_time,flags', '-of', 'compact'];

/** The tools that Cliptide would take; what they write goes into a folder. */
export async function bareTools(folder: string): Promise<BareTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    locateTool('ffmpeg', process.env.CLIPTIDE_FFMPEG),
    locateTool('ffprobe', process.env.CLIPTIDE_FFPROBE),
  ]);
  const clip = join(folder, 'bare.mp4');
  const run = (args: readonly string[]) => runChild(ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...args], folder);
  const probe = (args: readonly string[]) => runChild(ffprobe.path, [...packets, ...args], folder);
  const cut: BareTools['cut'] = (vod, fromSec, lastsSec, codecs) =>
    run(['-ss', String(fromSec), '-i', vod, '-t', String(lastsSec), ...codecs, clip]);
  const copyAndCheck: BareTools['copyAndCheck'] = async (vod, fromSec, lastsSec) => {
    await probe(['-read_intervals', `${fromSec - 1}%+${lastsSec + 3}`, vod]);
    await cut(vod, fromSec, lastsSec, ['-c', 'copy']);
    await run(['-ss', String(lastsSec / 2), '-i', clip, '-frames:v', '1', '-vf', 'scale=1280:-2', 'bare.jpg']);
    await probe([clip]);
    const look = ['-vf', 'scale=64:36,signalstats', '-af', 'volumedetect', '-f', 'null', '-'];
    await run(['-skip_frame', 'nokey', '-i', clip, ...look]);
  };
  return { ffmpeg: ffmpeg.path, ffprobe: ffprobe.path, version: ffmpeg.version, run, cut, copyAndCheck };
}
