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
  const chains = pieces.flatMap((piece, index) => [
    pictureChain(piece, index),
    ...(sound ? [soundChain(piece, index)] : []),
  ]);
  const pads = pieces.map((_, index) => `[v${index}]${sound ? `[a${index}]` : ''}`).join('');
  const joined = `${pads}concat=n=${pieces.length}:v=1:a=${sound ? 1 : 0}[v]${sound ? '[a]' : ''}`;
  const single = pieces.length === 1;
  const labels = single ? { v: '[v0]', a: '[a0]' } : { v: '[v]', a: '[a]' };
  const graph = [...chains, ...(single ? [] : [joined])].join(';');
  return {
    options: ['-copyts', '-filter_complex', graph],
    inputs: pieces.map((piece) => ({
      // Each piece's clock begins at its first frame. (setpts would do that too, but takes the frames' durations away.)
      options: [...inputOptions(piece.window, firstTime(piece)), '-itsoffset', number(-firstTime(piece))],
      uri: piece.window.uri,
    })),
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

/** Starts to read at the key frame before a time where what comes before was passed over; the filters cut exactly. */
export function inputOptions(window: SourceWindow, fromSec = window.startSec): string[] {
  if (!window.sought) return [...localOnly];
  const key = window.frames.findLast((frame) => frame.key && frame.pts <= fromSec + 0.001)?.pts ?? fromSec;
  return [...localOnly, '-noaccurate_seek', '-seek_timestamp', '1', '-ss', number(key)];
}

/**
 * Keeps ffmpeg from looking into an ordinary MP4 before it begins, where all that is needed stands in its header. It
 * then seeks by the times of decoding, of which a key frame's own one is the last up to the time at which it is shown.
 */
export const trustedHeader: readonly string[] = ['-f', 'mov', '-probesize', '32', '-analyzeduration', '0'];

/** Time of a piece's first frame on the source's clock. */
export function firstTime({ window, choice }: Piece): number {
  return choice.shown[0]?.pts ?? window.startSec;
}

function pictureChain(piece: Piece, index: number): string {
  const { window, choice } = piece;
  const first = firstTime(piece);
  const cut = `trim=start=${number(choice.fromSec - first)}:end=${number(choice.toSec - first)}`;
  // yuv420p has one sample of colour for two pixels, so a side of odd length loses its last one.
  return `[${index}:${window.video.index}]${cut},crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0[v${index}]`;
}

function soundChain(piece: Piece, index: number): string {
  const { window, choice } = piece;
  const cut = `atrim=start=0:end=${number(choice.endSec - firstTime(piece))}`;
  // Sound that begins later or has holes is filled, or it would run ahead of the picture.
  return `[${index}:${window.audio?.index ?? 0}]${cut},aresample=async=1:first_pts=0[a${index}]`;
}
