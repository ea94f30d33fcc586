import { container, inputOptions, type Orders, type Piece } from './encode.ts';
import type { CopyChoice } from './frames.ts';
import { fileUri } from './source.ts';

const number = (value: number): string => value.toFixed(6);

/** Copies the chosen packets, and the sound under them, so that the first frame shown is at zero. */
export function copyOrders({ window, choice }: Piece<CopyChoice>, target: string, title: string): Orders {
  const first = choice.shown[0]?.pts ?? window.startSec;
  // -ss and -to cut copied streams by rules that differ between versions; dropping packets by their time does not.
  const keep = (from: number, to: number, time: string): string =>
    `noise=drop='lt(${time}*tb,${number(from)})+gt(${time}*tb,${number(to)})'`;
  const sound =
    window.audio === undefined
      ? []
      : ['-map', `0:${window.audio.index}`, '-bsf:a', keep(first - soundFrameSec, choice.endSec - 0.001, 'pts')];
  return {
    options: ['-copyts'],
    inputs: [{ options: inputOptions(window, choice), uri: window.uri }],
    outputs: [
      {
        options: [
          ...['-map', `0:${window.video.index}`, '-bsf:v', keep(choice.fromDts, choice.toDts, 'dts'), ...sound],
          ...['-c', 'copy', ...(window.video.codec === 'hevc' ? ['-tag:v', 'hvc1'] : [])],
          // No need to read on to the end of the file.
          ...['-to', number(choice.endSec + 5), '-output_ts_offset', number(-first)],
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
