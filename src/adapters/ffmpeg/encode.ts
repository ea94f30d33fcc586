import type { FrameChoice } from './frames.ts';
import type { FfmpegRun } from './run.ts';
import { fileUri, localOnly } from './source.ts';
import type { SourceWindow } from './window.ts';

/** A window and what of it goes into the clip. */
export interface Piece {
  readonly window: SourceWindow;
  readonly choice: FrameChoice;
}

/** What ffmpeg is told; the caller adds where ffmpeg is and how long it may take. */
export type Orders = Pick<FfmpegRun, 'options' | 'inputs' | 'outputs'>;

const number = (value: number): string => value.toFixed(6);

/** One encode of the chosen frames and the sound under them, each frame once and at its own time. */
export function encodeOrders(pieces: readonly Piece[], target: string, title: string): Orders {
  const sound = pieces.every(({ window }) => window.audio !== undefined);
  // One piece keeps the source's clock until it is written: setpts would take the last frame's duration away.
  const [only] = pieces.length === 1 ? pieces : [];
  const chains = pieces.flatMap((piece, index) => [
    pictureChain(piece, index, only !== undefined),
    ...(sound ? [soundChain(piece, index, only !== undefined)] : []),
  ]);
  const pads = pieces.map((_, index) => `[v${index}]${sound ? `[a${index}]` : ''}`).join('');
  const joined = `${pads}concat=n=${pieces.length}:v=1:a=${sound ? 1 : 0}[v]${sound ? '[a]' : ''}`;
  const labels = only === undefined ? { v: '[v]', a: '[a]' } : { v: '[v0]', a: '[a0]' };
  const graph = [...chains, ...(only === undefined ? [joined] : [])].join(';');
  return {
    options: ['-copyts', '-filter_complex', graph],
    inputs: pieces.map(({ window, choice }) => ({ options: inputOptions(window, choice), uri: window.uri })),
    outputs: [
      {
        options: [
          ...['-map', labels.v, ...(sound ? ['-map', labels.a] : [])],
          // The source's own clock, so that no frame is moved, doubled or dropped for a constant rate.
          ...[
            '-fps_mode',
            'passthrough',
            '-enc_time_base:v',
            pieces[0]?.window.video.timeBase ?? '1/90000',
            '-c:v',
            'libx264',
          ],
          ...['-preset', 'veryfast', '-crf', '19', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '160k'],
          ...(only === undefined ? [] : ['-output_ts_offset', number(-firstTime(only))]),
          ...['-metadata', `title=${title}`, ...container],
        ],
        target: fileUri(target),
      },
    ],
  };
}

/** Options of every clip's container: reproducible, its index in front. */
export const container: readonly string[] = [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', '-flags', '+bitexact'],
  ...['-movflags', '+faststart', '-f', 'mp4'],
];

/** Starts to read at the key frame before the cut where what comes before was passed over; the filters cut exactly. */
export function inputOptions(window: SourceWindow, choice?: FrameChoice): string[] {
  if (!window.sought) return [...localOnly];
  const first = choice?.shown[0]?.pts ?? window.startSec;
  const key = window.frames.findLast((frame) => frame.key && frame.pts <= first + 0.001)?.pts ?? first;
  return [...localOnly, '-noaccurate_seek', '-seek_timestamp', '1', '-ss', number(key)];
}

const firstTime = ({ window, choice }: Piece): number => choice.shown[0]?.pts ?? window.startSec;

function pictureChain(piece: Piece, index: number, keepClock: boolean): string {
  const { window, choice } = piece;
  const cut = `trim=start=${number(choice.fromSec)}:end=${number(choice.toSec)}`;
  const clock = keepClock ? '' : `,setpts=PTS-${number(firstTime(piece))}/TB`;
  // yuv420p has one sample of colour for two pixels, so a side of odd length loses its last one.
  return `[${index}:${window.video.index}]${cut}${clock},crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0[v${index}]`;
}

function soundChain(piece: Piece, index: number, keepClock: boolean): string {
  const { window, choice } = piece;
  const first = firstTime(piece);
  const cut = `atrim=start=${number(first)}:end=${number(choice.endSec)}`;
  const clock = keepClock ? '' : `,asetpts=PTS-${number(first)}/TB`;
  const start = keepClock ? Math.round(first * (window.audio?.sampleRate ?? 0)) : 0;
  // Sound that begins later or has holes is filled, or it would run ahead of the picture.
  return `[${index}:${window.audio?.index ?? 0}]${cut}${clock},aresample=async=1:first_pts=${start}[a${index}]`;
}
