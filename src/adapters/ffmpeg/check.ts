import { CliptideError } from '../../domain/errors.ts';
import type { ClipTrack } from './clipfile.ts';
import type { Packet } from './ffprobe.ts';
import { framesOf } from './frames.ts';
import { extentOf } from './window.ts';

/** What a clip must be to count. */
export interface Expectation {
  /** Times of its frames in seconds, from 0, in the order of presentation. */
  readonly frameTimes: readonly number[];
  /** Whether files were joined, each of which is moved by what its sound begins before its picture. */
  readonly joined: boolean;
  /** Where its sound begins and ends, in seconds; undefined where it has none. */
  readonly sound: { readonly fromSec: number; readonly toSec: number } | undefined;
  /** Clockwise turn that a player applies. */
  readonly rotation: number;
}

/** A frame's time may differ by the rounding of two time bases; where files were joined, by a frame of sound. */
const tolerances = { whole: 0.0025, joined: 0.025 };

/** Without the clip's path: what is refused is deleted. */
const refused = (message: string): CliptideError =>
  new CliptideError('media', `the clip that ffmpeg wrote is not what was asked for: ${message}`, {
    hint: 'the source is most likely damaged here; try the preset source, or another span',
  });

/** Compares a clip's packets with what was asked for; returns its duration in seconds. Throws `media`. */
export function checkPackets(tracks: readonly ClipTrack[], expected: Expectation): number {
  const [video, ...more] = tracks.filter(({ kind }) => kind === 'video');
  const audio = tracks.find(({ kind }) => kind === 'audio');
  if (video === undefined || more.length > 0) throw refused('it has not exactly one picture track');
  if (video.rotation !== expected.rotation) throw refused('it is turned differently');
  const frames = framesOf(video.packets);
  compareTimes(
    frames.map(({ pts }) => pts).sort((a, b) => a - b),
    expected,
  );
  const sound = audio?.packets.filter(({ discard }) => !discard) ?? [];
  compareSound(sound, expected.sound);
  // With frames of unequal length the sound may last longer than the last one.
  return Math.max(extentOf(video.packets).toSec, extentOf(sound).toSec);
}

function compareTimes(found: readonly number[], { frameTimes: expected, joined }: Expectation): void {
  const tolerance = joined ? tolerances.joined : tolerances.whole;
  if (found.length !== expected.length) {
    throw refused(`it has ${found.length} frames instead of ${expected.length}`);
  }
  const odd = found.findIndex((time, index) => Math.abs(time - (expected[index] ?? 0)) > tolerance);
  if (odd === -1) return;
  const [is, should] = [found[odd] ?? 0, expected[odd] ?? 0];
  throw refused(`frame ${odd + 1} lies at ${is.toFixed(3)} s instead of ${should.toFixed(3)} s`);
}

/** Sound may begin and end so much off: frames of sound are not cut, and an encoder needs some to start. */
const soundToleranceSec = 0.2;

function compareSound(packets: readonly Packet[], expected: Expectation['sound']): void {
  if (expected === undefined) {
    if (packets.length > 0) throw refused('it has sound');
    return;
  }
  const { fromSec: from, toSec: to } = extentOf(packets);
  const off = Math.max(Math.abs(from - expected.fromSec), Math.abs(to - expected.toSec));
  // A clip at the very edge of the sound may have lost the one frame that it would have had.
  if (off <= soundToleranceSec || (packets.length === 0 && expected.toSec - expected.fromSec < soundToleranceSec))
    return;
  if (packets.length === 0) throw refused('it has no sound');
  throw refused(`its sound lasts from ${from.toFixed(2)} s to ${to.toFixed(2)} s`);
}
