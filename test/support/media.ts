import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawFrameId } from '../../src/demo/frameid.ts';

/** A small test video: every frame carries its number, and a click of 20 ms sounds at each whole second. */
export interface MediaSpec {
  readonly seconds: number;
  /** Numerator and denominator; 25/1 unless given. */
  readonly rate?: readonly [number, number];
  /** Frames between key frames; one a second unless given. */
  readonly gop?: number;
  readonly bFrames?: number;
  readonly width?: number;
  readonly height?: number;
  readonly sound?: boolean;
  readonly picture?: boolean;
  /** Number in the first frame. */
  readonly firstFrame?: number;
  /** Spans in seconds without clicks and tone. */
  readonly silent?: readonly (readonly [number, number])[];
  /** Seconds from which the background has another brightness. */
  readonly cuts?: readonly number[];
  /** Further options of ffmpeg before the output. */
  readonly options?: readonly string[];
}

/** Encodes it to a path; the extension chooses the container. */
export async function makeMedia(ffmpeg: string, path: string, spec: MediaSpec): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const [num, den] = spec.rate ?? [25, 1];
  const width = spec.width ?? 192;
  const height = spec.height ?? 108;
  const picture = spec.picture ?? true;
  const args = ['-v', 'error', '-y', '-nostdin'];
  if (picture)
    args.push('-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`, '-r', `${num}/${den}`, '-i', 'pipe:0');
  if (spec.sound ?? true) args.push('-f', 'lavfi', '-i', `aevalsrc='${clicks(spec)}':s=44100:d=${spec.seconds}`);
  if (picture) {
    args.push('-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '23', '-pix_fmt', 'yuv420p', '-sc_threshold', '0');
    args.push('-g', String(spec.gop ?? Math.round(num / den)), '-bf', String(spec.bFrames ?? 0));
  }
  if (spec.sound ?? true) args.push('-c:a', 'aac', '-b:a', '64k');
  const child = spawn(ffmpeg.replace(/^-/, './-'), [...args, ...(spec.options ?? []), path], {
    stdio: [picture ? 'pipe' : 'ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  if (child.stdin !== null) {
    const total = Math.round((spec.seconds * num) / den);
    for (let index = 0; index < total; index++) {
      const frame = Buffer.alloc(width * height, background(spec, (index * den) / num));
      drawFrameId({ data: frame, width, height }, (spec.firstFrame ?? 0) + index);
      if (!child.stdin.write(frame)) await once(child.stdin, 'drain');
    }
    child.stdin.end();
  }
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg could not make ${path}: exit code ${code}`);
  return path;
}

export interface MadePlaylist {
  readonly playlist: string;
  /** Segments in order, and for fMP4 the initialisation section. */
  readonly segments: readonly string[];
  readonly init: string | undefined;
  /** EXTINF of each segment, in seconds. */
  readonly durations: readonly number[];
}

/** Encodes it as an HLS media playlist with program date-times, as TS or fMP4 segments of `segmentSeconds`. */
export async function makeHls(
  ffmpeg: string,
  folder: string,
  spec: MediaSpec & { readonly type: 'mpegts' | 'fmp4'; readonly segmentSeconds: number },
): Promise<MadePlaylist> {
  const extension = spec.type === 'fmp4' ? 'm4s' : 'ts';
  const hls = [
    '-f',
    'hls',
    '-hls_time',
    String(spec.segmentSeconds),
    '-hls_list_size',
    '0',
    '-hls_playlist_type',
    'vod',
  ];
  hls.push('-hls_segment_type', spec.type, '-hls_segment_filename', join(folder, `part%04d.${extension}`));
  hls.push('-hls_flags', 'program_date_time+independent_segments');
  const playlist = await makeMedia(ffmpeg, join(folder, 'index.m3u8'), {
    ...spec,
    options: [...(spec.options ?? []), ...hls],
  });
  const names = (await readdir(folder)).filter((name) => name.endsWith(`.${extension}`)).sort();
  const lines = await readFile(playlist, 'utf8');
  return {
    playlist,
    segments: names.map((name) => join(folder, name)),
    init: spec.type === 'fmp4' ? join(folder, 'init.mp4') : undefined,
    durations: [...lines.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1])),
  };
}

/** A click at each whole second over a quiet tone. */
function clicks(spec: MediaSpec): string {
  const quiet = (spec.silent ?? []).map(([from, to]) => `between(t\\,${from}\\,${to})`).join('+');
  const sound = `if(lt(mod(t\\,1)\\,0.02)\\,0.9*sin(2*PI*1000*t)\\,0.05*sin(2*PI*220*t))`;
  return quiet === '' ? sound : `if(${quiet}\\,0\\,${sound})`;
}

function background(spec: MediaSpec, second: number): number {
  const scene = (spec.cuts ?? []).filter((cut) => second >= cut - 1e-6).length;
  return scene % 2 === 0 ? 90 : 190;
}
