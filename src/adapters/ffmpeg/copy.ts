import { container, firstTime, inputOptions, type Orders, type Piece, trustedHeader } from './encode.ts';
import { fileUri } from './source.ts';
import { afterSec } from './window.ts';

const number = (value: number): string => value.toFixed(6);

/**
 * In which clock ffmpeg's filter of packets sees the times of sound: the source's (7.0 does) or the sound track's own
 * in the file that is written (5.1 does, though it names the source's).
 */
export type SoundClock = 'source' | 'track';

/** Whether the two differ for a piece; in doubt the clip is made by one, checked, and made again by the other. */
export function soundClocksDiffer({ window: { audio } }: Piece): boolean {
  return audio !== undefined && audio.timeBase !== `1/${audio.sampleRate}`;
}

/** Copies the chosen packets, and the sound under them, so that the first frame shown is at zero. */
export function copyOrders(piece: Piece, target: string, title: string, clock: SoundClock): Orders {
  const { window, choice } = piece;
  const first = firstTime(piece);
  // -ss and -to cut copied streams by rules that differ between versions; dropping packets by their time does not.
  const keep = (from: number, to: number, unit: string): string =>
    `noise=drop='lt(pts*${unit},${number(from)})+gt(pts*${unit},${number(to)})'`;
  const { video, audio } = window;
  const soundUnit = clock === 'source' || audio === undefined ? 'tb' : `(1/${audio.sampleRate})`;
  const sound =
    audio === undefined
      ? []
      : ['-map', `0:${audio.index}`, '-bsf:a', keep(first - soundFrameSec, choice.endSec - 0.001, soundUnit)];
  return {
    options: ['-copyts'],
    inputs: [
      {
        options: [...(window.bytes === undefined ? [] : trustedHeader), ...inputOptions(window, first)],
        uri: window.uri,
      },
    ],
    outputs: [
      {
        options: [
          ...['-map', `0:${video.index}`, '-bsf:v', keep(choice.fromSec, choice.toSec, 'tb'), ...sound],
          // With the source's time base in the file, a picture's time is the same number in both clocks.
          ...['-c', 'copy', '-video_track_timescale', video.timeBase.split('/')[1] ?? '90000'],
          ...(video.codec === 'hevc' ? ['-tag:v', 'hvc1'] : []),
          // No need to read on to the end of the file.
          ...['-to', number(choice.endSec + afterSec), '-output_ts_offset', number(-first)],
          ...['-metadata', `title=${title}`, ...container],
        ],
        target: fileUri(target),
      },
    ],
  };
}

/** Longest usual frame of sound: the packet that is under the first picture may begin so much before it. */
const soundFrameSec = 0.02;

/** Joins files of equal streams by a list in the format of ffmpeg's concat demuxer. */
export function joinOrders(list: string, target: string, title: string): Orders {
  const options = ['-protocol_whitelist', 'file', '-f', 'concat', '-safe', '0'];
  return {
    inputs: [{ options, uri: fileUri(list) }],
    outputs: [
      { options: ['-map', '0', '-c', 'copy', '-metadata', `title=${title}`, ...container], target: fileUri(target) },
    ],
  };
}
