import type { Sample } from '../../domain/mp4/track.ts';
import type { ClipTrack } from './clipfile.ts';
import type { Piece } from './encode.ts';
import { haveSameBytes, type SamplePair } from './samebytes.ts';
import type { TrackBytes } from './window.ts';

/** Times of the same packet in two files differ by no more than the rounding of two clocks. */
const tolerance = 0.0025;

/**
 * Whether a clip holds the source's own packets, byte for byte and at their times, under the same words to the decoder.
 * Then whatever a decoder makes of it is what it makes of the source: black is black there too, and silence silence.
 * False also where it is not known.
 */
export async function isFaithful(
  path: string,
  clip: readonly ClipTrack[],
  { window, choice }: Piece,
): Promise<boolean> {
  if (window.bytes === undefined) return false;
  const { path: source, video, audio } = window.bytes;
  const first = choice.shown[0]?.pts ?? 0;
  const chosen = video.samples.filter(({ pts }) => pts >= choice.fromSec && pts <= choice.toSec);
  const pictures = pairsOf({ ...video, samples: chosen }, bytesOf(clip, 'video'), first);
  const sound = audio === undefined ? [] : pairsOf(audio, bytesOf(clip, 'audio'), first);
  if (pictures === undefined || pictures.length !== chosen.length || sound === undefined) return false;
  return haveSameBytes([source, path], [...pictures, ...sound]);
}

function bytesOf(clip: readonly ClipTrack[], kind: ClipTrack['kind']): TrackBytes | undefined {
  return clip.find((track) => track.kind === kind)?.bytes;
}

/** The clip's samples, each with the source's one of its time, without a hole; undefined where there are others. */
function pairsOf(source: TrackBytes, clip: TrackBytes | undefined, first: number): SamplePair[] | undefined {
  if (clip === undefined || !clip.config.equals(source.config)) return undefined;
  const [start] = clip.samples;
  const begin = source.samples.findIndex(({ pts }) => start !== undefined && isSameTime(pts - first, start.pts));
  const pairs: SamplePair[] = [];
  for (const [index, sample] of clip.samples.entries()) {
    const original: Sample | undefined = begin === -1 ? undefined : source.samples[begin + index];
    if (original === undefined || !isSameTime(original.pts - first, sample.pts)) return undefined;
    pairs.push([original, sample]);
  }
  return pairs;
}

function isSameTime(one: number, other: number): boolean {
  return Math.abs(one - other) <= tolerance;
}
