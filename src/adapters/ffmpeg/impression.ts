import { CliptideError } from '../../domain/errors.ts';
import { firstTime, inputOptions, type Piece, trustedHeader } from './encode.ts';
import { posterLeadSec, posterOutput } from './poster.ts';
import { type FfmpegInput, type FfmpegOutput, type FfmpegRun, runFfmpeg } from './run.ts';
import { fileUri, localOnly } from './source.ts';
import type { Bounds, Tools } from './tools.ts';

/** What a look at pictures and sound gave. */
export interface Impression {
  readonly black: boolean;
  readonly silent: boolean;
  readonly cpuSeconds: number;
}

/** Pictures whose brightest part is below this luma are black; sound whose loudest sample is below this is silent. */
const blackLuma = 40;
const silentDb = -80;

/** What is known of a clip whose poster is to be made: where its peak lies, in seconds from its start. */
interface Clip {
  readonly path: string;
  readonly hasAudio: boolean;
  readonly peakSec: number;
}

/**
 * Writes a clip's poster and looks whether the clip is black or silent. Mostly the poster's picture and two seconds of
 * sound settle that: one picture that is not black, one sound that is heard. Where they do not, key frames and all sound
 * are decoded, and where these are black too (a short clip that fades in has one), all frames. Rejects with `media`
 * where nothing decodes.
 */
export async function lookAt(tools: Tools, clip: Clip, poster: string, bounds: Bounds): Promise<Impression> {
  const call = { ...bounds, ffmpeg: tools.ffmpeg };
  const peak = await look(call, ...peakOrders(clip, poster));
  if (peak.pictures === 0) {
    throw new CliptideError('media', 'the picture at the peak of the clip that ffmpeg wrote cannot be decoded', {
      where: clip.path,
      hint: 'the source is most likely damaged here; try the preset source, or another span',
    });
  }
  let [black, silent, cpuSeconds] = [peak.black, clip.hasAudio && peak.silent, peak.cpuSeconds];
  if (black || silent) {
    const outputs = [...(black ? [pictureOutput('0:v:0')] : []), ...(silent ? [soundOutput('0:a:0')] : [])];
    const more = await look(call, [inputOf(clip, '-skip_frame:v', 'nokey')], outputs);
    black &&= more.black;
    silent &&= more.silent;
    cpuSeconds += more.cpuSeconds;
  }
  if (!black) return { black, silent, cpuSeconds };
  const every = await look(call, [inputOf(clip)], [pictureOutput('0:v:0')]);
  return { black: every.black, silent, cpuSeconds: cpuSeconds + every.cpuSeconds };
}

/** Whether what a clip was cut from is itself black or silent: all of the piece's frames and sound, and nothing else. */
export async function lookAtSource(tools: Tools, piece: Piece, bounds: Bounds): Promise<Impression> {
  const { window, choice } = piece;
  const span = `trim=start=${choice.fromSec.toFixed(6)}:end=${choice.toSec.toFixed(6)},`;
  const sound = window.audio === undefined ? [] : [soundOutput(`0:${window.audio.index}`, `a${span}`)];
  return look(
    { ...bounds, ffmpeg: tools.ffmpeg, options: ['-copyts'] },
    [{ options: inputOptions(window, firstTime(piece)), uri: window.uri }],
    [pictureOutput(`0:${window.video.index}`, span), ...sound],
  );
}

const inputOf = ({ path }: Clip, ...options: string[]): FfmpegInput => ({
  options: [...localOnly, ...options],
  uri: fileUri(path),
});

/** Poster and look at the same picture, and the sound a second before and after. */
function peakOrders(clip: Clip, poster: string): [FfmpegInput[], FfmpegOutput[]] {
  const at = Math.max(0, clip.peakSec - posterLeadSec);
  // Without an end of its own an input would be decoded to the file's.
  const picture = inputOf(clip, '-ss', at.toFixed(3), '-t', '0.2');
  const sound = inputOf(clip, ...trustedHeader, '-ss', Math.max(0, at - 1).toFixed(3), '-t', '2');
  const outputs = [posterOutput(poster, '0:v:0'), pictureOutput('0:v:0', '', ['-frames:v', '1'])];
  return clip.hasAudio
    ? [
        [picture, sound],
        [...outputs, soundOutput('1:a:0')],
      ]
    : [[picture], outputs];
}

const luma = 'lavfi.signalstats.YMAX';

function pictureOutput(track: string, cut = '', options: readonly string[] = []): FfmpegOutput {
  const filter = `${cut}scale=64:36:flags=area,format=gray,signalstats,metadata=mode=print:key=${luma}`;
  return { options: ['-map', track, '-vf', filter, ...options, '-fps_mode', 'passthrough', '-f', 'null'], target: '-' };
}

function soundOutput(track: string, cut = ''): FfmpegOutput {
  return { options: ['-map', track, '-af', `${cut}volumedetect`, '-f', 'null'], target: '-' };
}

/** Runs ffmpeg and gathers what the filters print. */
async function look(
  call: Pick<FfmpegRun, 'ffmpeg' | 'deadlineMs' | 'signal' | 'options'>,
  inputs: readonly FfmpegInput[],
  outputs: readonly FfmpegOutput[],
): Promise<Impression & { readonly pictures: number }> {
  const lumas: number[] = [];
  let loudest = Number.NEGATIVE_INFINITY;
  const onLine = (line: string): void => {
    const bright = /signalstats\.YMAX=([\d.]+)/.exec(line)?.[1];
    if (bright !== undefined) lumas.push(Number(bright));
    const volume = /max_volume: (-?[\d.]+) dB/.exec(line)?.[1];
    if (volume !== undefined) loudest = Math.max(loudest, Number(volume));
  };
  const cpuSeconds = await runFfmpeg({ ...call, inputs, outputs, onLine });
  const black = lumas.every((value) => value < blackLuma);
  return { pictures: lumas.length, black, silent: loudest < silentDb, cpuSeconds };
}
