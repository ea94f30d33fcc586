import { stat } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import { inputOptions, type Piece, trustedHeader } from './encode.ts';
import { type FfmpegOutput, runFfmpeg } from './run.ts';
import { fileUri } from './source.ts';
import type { Bounds, Tools } from './tools.ts';
import type { SourceWindow } from './window.ts';

/** A track's next picture as a poster of at most 1280 square pixels' width. */
export function posterOutput(path: string, track: string, cut = ''): FfmpegOutput {
  const square = `${cut}scale='trunc(min(1280,iw*sar)/2)*2':-2,setsar=1,format=yuvj420p`;
  const one = ['-frames:v', '1', '-q:v', '3', '-c:v', 'mjpeg', '-threads', '1', '-f', 'image2', '-update', '1'];
  return { options: ['-map', track, '-vf', square, ...one], target: fileUri(path) };
}

const rounding = 0.0006;

/** Which frame a poster shows: the first from the peak on, else the last. Times in seconds on the frames' clock. */
export function posterFrame(times: readonly number[], peakSec: number): number {
  return times.find((time) => time >= peakSec - rounding) ?? times.at(-1) ?? 0;
}

/** So much before its time a picture is cut, so that rounding does not lose it. */
export const posterLeadSec = 0.005;

/** Writes a poster from an ordinary MP4 that is cut from; resolves with the CPU seconds that it took. */
export async function posterOfSource(
  tools: Tools,
  { window }: Piece,
  atSec: number,
  path: string,
  bounds: Bounds,
): Promise<number> {
  // Several threads have to be started, and each holds a picture back; they pay off where many pictures are decoded.
  const threads = picturesUpTo(window, atSec) <= 24 ? ['-threads', '1'] : [];
  const cut = `trim=start=${(atSec - posterLeadSec).toFixed(6)},`;
  return runFfmpeg({
    ...bounds,
    ffmpeg: tools.ffmpeg,
    options: ['-copyts'],
    inputs: [{ options: [...trustedHeader, ...threads, ...inputOptions(window, atSec)], uri: window.uri }],
    outputs: [posterOutput(path, `0:${window.video.index}`, cut)],
  });
}

/** How many pictures are decoded for the one at a time, from the key frame before it on. */
function picturesUpTo({ frames }: SourceWindow, atSec: number): number {
  const upTo = frames.findLastIndex(({ pts }) => pts <= atSec);
  return upTo - frames.findLastIndex(({ key }, index) => key && index <= upTo) + 1;
}

/** Rejects with `media` where no poster was written. */
export async function requirePoster(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size === 0) throw new CliptideError('media', 'no poster picture could be decoded');
}
