import { CliptideError } from '../../domain/errors.ts';
import type { Bounds, Tools } from './check.ts';
import { inputOptions, type Piece } from './encode.ts';
import { runFfmpeg } from './run.ts';
import { fileUri, localOnly } from './source.ts';

/** What a look at pictures and sound gave. */
export interface Impression {
  readonly black: boolean;
  readonly silent: boolean;
  readonly cpuSeconds: number;
}

/** Pictures whose brightest part is below this luma are black; sound whose loudest sample is below this is silent. */
const blackLuma = 40;
const silentDb = -80;

/**
 * Decodes key frames and all sound of a clip, and writes its poster. Where the key frames are black (a short clip that
 * fades in has one), all frames are looked at. Rejects with `media` where nothing decodes.
 */
export async function lookAt(
  tools: Tools,
  path: string,
  what: { readonly hasAudio: boolean; readonly posterSec: number; readonly poster: string },
  bounds: Bounds,
): Promise<Impression> {
  const uri = fileUri(path);
  const seen = impressions();
  const cpuSeconds = await runFfmpeg({
    ...bounds,
    ffmpeg: tools.ffmpeg,
    inputs: [
      { options: [...localOnly, '-skip_frame:v', 'nokey'], uri },
      // Without its own end the second input would be decoded to the file's.
      { options: [...localOnly, '-ss', what.posterSec.toFixed(3), '-t', '0.2'], uri },
    ],
    outputs: [pictureOutput('0:v:0'), ...(what.hasAudio ? [soundOutput('0:a:0')] : []), posterOutput(what.poster)],
    onLine: seen.read,
  });
  if (seen.pictures() === 0) {
    throw new CliptideError('media', 'none of the key frames of the clip that ffmpeg wrote can be decoded', {
      where: path,
      hint: 'the source is most likely damaged here; try the preset source, or another span',
    });
  }
  const silent = what.hasAudio && seen.silent();
  if (!seen.black()) return { black: false, silent, cpuSeconds };
  const every = impressions();
  const more = await runFfmpeg({
    ...bounds,
    ffmpeg: tools.ffmpeg,
    inputs: [{ options: localOnly, uri }],
    outputs: [pictureOutput('0:v:0')],
    onLine: every.read,
  });
  return { black: every.black(), silent, cpuSeconds: cpuSeconds + more };
}

/** Whether what a clip was cut from is itself black or silent: all of the piece's frames and sound, and nothing else. */
export async function lookAtSource(tools: Tools, { window, choice }: Piece, bounds: Bounds): Promise<Impression> {
  const seen = impressions();
  const span = `start=${choice.fromSec.toFixed(6)}:end=${choice.toSec.toFixed(6)}`;
  const { video, audio } = window;
  const sound = audio === undefined ? [] : [soundOutput(`0:${audio.index}`, `atrim=${span},`)];
  const cpuSeconds = await runFfmpeg({
    ...bounds,
    ffmpeg: tools.ffmpeg,
    options: ['-copyts'],
    inputs: [{ options: inputOptions(window, choice), uri: window.uri }],
    outputs: [pictureOutput(`0:${video.index}`, `trim=${span},`), ...sound],
    onLine: seen.read,
  });
  return { black: seen.black(), silent: seen.silent(), cpuSeconds };
}

interface Output {
  readonly options: readonly string[];
  readonly target: string;
}

const luma = 'lavfi.signalstats.YMAX';

function pictureOutput(track: string, cut = ''): Output {
  const look = `${cut}scale=64:36:flags=area,format=gray,signalstats,metadata=mode=print:key=${luma}`;
  return { options: ['-map', track, '-vf', look, '-fps_mode', 'passthrough', '-f', 'null'], target: '-' };
}

function soundOutput(track: string, cut = ''): Output {
  return { options: ['-map', track, '-af', `${cut}volumedetect`, '-f', 'null'], target: '-' };
}

function posterOutput(path: string): Output {
  const square = "scale='trunc(min(1280,iw*sar)/2)*2':-2,setsar=1,format=yuvj420p";
  const one = ['-frames:v', '1', '-q:v', '3', '-c:v', 'mjpeg', '-f', 'image2', '-update', '1'];
  return { options: ['-map', '1:v:0', '-vf', square, ...one], target: fileUri(path) };
}

/** Gathers what the filters print. */
function impressions() {
  const lumas: number[] = [];
  let loudest = Number.NEGATIVE_INFINITY;
  return {
    read: (line: string): void => {
      const bright = /signalstats\.YMAX=([\d.]+)/.exec(line)?.[1];
      if (bright !== undefined) lumas.push(Number(bright));
      const volume = /max_volume: (-?[\d.]+) dB/.exec(line)?.[1];
      if (volume !== undefined) loudest = Math.max(loudest, Number(volume));
    },
    pictures: (): number => lumas.length,
    black: (): boolean => lumas.every((value) => value < blackLuma),
    silent: (): boolean => loudest < silentDb,
  };
}
