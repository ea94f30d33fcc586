import { CliptideError } from '../errors.ts';
import type { ArchiveSegment } from '../records.gen.ts';
import type { TimeSpan } from './span.ts';
import type { ArchiveView } from './view.ts';

/** What is read around a span, so that segments that do not begin together leave no hole, in milliseconds. */
const slackMs = 500;

/** The sound of a span of an archive, where it lies in segments of its own. */
export interface SoundSpan {
  /** The archive of the sound alone. */
  readonly archive: ArchiveView;
  /** In the sound's own time, as far as there is any around the span. */
  readonly span: TimeSpan;
  /** What is to be added to the sound's time to get the picture's, in milliseconds. */
  readonly shiftMs: number;
}

/**
 * Where the sound of a span of the picture's time lies; undefined for an archive without such segments. Throws
 * `unavailable` where the sound is not archived as far as the picture yet.
 */
export function soundOfSpan(archive: ArchiveView, { fromMs, toMs }: TimeSpan): SoundSpan | undefined {
  const { sound = [], segments, ended } = archive;
  const [first, last] = [sound[0], sound.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const shiftMs = shiftOf(segments, sound);
  const endMs = last.startMs + last.durationMs;
  if (!ended && endMs + shiftMs < toMs) {
    throw new CliptideError('unavailable', 'the archive does not hold the sound of this moment yet');
  }
  const span = {
    fromMs: Math.max(first.startMs, fromMs - shiftMs - slackMs),
    toMs: Math.min(endMs, toMs - shiftMs + slackMs),
  };
  return { archive: { ...archive, segments: sound }, span, shiftMs };
}

/** Parts of the sound in the picture's time. */
export function shifted<T extends { readonly startMs: number }>(parts: readonly T[], shiftMs: number): T[] {
  return parts.map((part) => ({ ...part, startMs: part.startMs + shiftMs }));
}

/**
 * Both times begin with the first segment that was seen, which need not be the same moment: date-times tell, else the
 * segments' numbers, which the renditions of a broadcast have in common.
 */
function shiftOf(picture: readonly ArchiveSegment[], sound: readonly ArchiveSegment[]): number {
  const [seen, heard] = [zeroOf(picture), zeroOf(sound)];
  if (seen !== undefined && heard !== undefined) return heard - seen;
  const numbers = new Map(sound.map((segment) => [segment.sequence, segment]));
  const shown = picture.find(({ sequence }) => numbers.has(sequence));
  const same = shown === undefined ? undefined : numbers.get(shown.sequence);
  return shown === undefined || same === undefined ? 0 : shown.startMs - same.startMs;
}

/** Wall-clock time at which archive time is zero, by the first date-time. */
function zeroOf(segments: readonly ArchiveSegment[]): number | undefined {
  const dated = segments.find(({ programDateTimeMs }) => programDateTimeMs !== null);
  if (dated === undefined || dated.programDateTimeMs === null) return undefined;
  return dated.programDateTimeMs - dated.startMs;
}
