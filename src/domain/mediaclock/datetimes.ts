import type { ArchiveSegment } from '../records.gen.ts';

/** What a playlist's program date-times say beyond its durations. */
export interface DateTimes {
  /** Wall-clock time of one archive position, from which the steps lead on; undefined without date-times. */
  readonly anchor: { readonly eventMs: number; readonly archiveMs: number } | undefined;
  /** False when they contradict the durations, or when there are none. */
  readonly trusted: boolean;
  /** By segment: wall-clock time that passed just before it without media (negative: less passed than was recorded). */
  readonly steps: ReadonlyMap<number, number>;
  /** 1,000 where they are rounded to whole seconds, else 0. */
  readonly resolutionMs: number;
}

interface Stamp {
  readonly index: number;
  readonly wallMs: number;
  readonly archiveMs: number;
}

/** A step that no rounding of durations explains. */
const stepMs = 1_000;

/**
 * Reads the date-times against the durations. One that disagrees with both its neighbours, while they agree with each
 * other, is dropped. All are distrusted when the media is longer than the time in which it is said to have been
 * recorded (2% and 2 s are forgiven), or when they run backward by more than 1% of it (and 5 s) in all: the
 * recording of 2018 in the study has date-times over 1,299 s for 4,160 s of media.
 */
export function readDateTimes(segments: readonly ArchiveSegment[]): DateTimes {
  const stamps = withoutOutliers(stampsOf(segments));
  const first = stamps[0];
  const last = stamps.at(-1);
  if (first === undefined || last === undefined) {
    return { anchor: undefined, trusted: false, steps: new Map(), resolutionMs: 0 };
  }
  const resolutionMs = isRounded(stamps) ? 1_000 : 0;
  const steps = new Map<number, number>();
  let backwardMs = 0;
  for (const [earlier, later] of pairs(stamps)) {
    const step = deviation(earlier, later);
    if (step !== 0) steps.set(seamBetween(segments, earlier.index, later.index), step);
    if (step < -(stepMs + resolutionMs)) backwardMs -= step;
  }
  const media = last.archiveMs - first.archiveMs;
  const wall = last.wallMs - first.wallMs;
  const trusted = wall >= media * 0.98 - 2_000 - resolutionMs && backwardMs <= media * 0.01 + 5_000;
  return { anchor: { eventMs: first.wallMs, archiveMs: first.archiveMs }, trusted, steps, resolutionMs };
}

/** Steps that are holes in wall-clock time: more than a rounding, and by less where the playlist declares a break. */
export function holesOf(dateTimes: DateTimes, segments: readonly ArchiveSegment[]): ReadonlyMap<number, number> {
  const holes = new Map<number, number>();
  if (!dateTimes.trusted) return holes;
  for (const [index, step] of dateTimes.steps) {
    const least = (segments[index]?.discontinuity ? stepMs / 4 : stepMs) + dateTimes.resolutionMs;
    if (step > least) holes.set(index, step);
  }
  return holes;
}

function stampsOf(segments: readonly ArchiveSegment[]): Stamp[] {
  const stamps: Stamp[] = [];
  segments.forEach((segment, index) => {
    if (segment.programDateTimeMs === null) return;
    stamps.push({ index, wallMs: segment.programDateTimeMs, archiveMs: segment.startMs });
  });
  return stamps;
}

function withoutOutliers(stamps: readonly Stamp[]): Stamp[] {
  return stamps.filter((stamp, k) => {
    const before = stamps[k - 1];
    const after = stamps[k + 1];
    if (before === undefined || after === undefined) return true;
    const lone = Math.abs(deviation(before, stamp)) > stepMs && Math.abs(deviation(stamp, after)) > stepMs;
    return !(lone && Math.abs(deviation(before, after)) <= stepMs);
  });
}

function deviation(earlier: Stamp, later: Stamp): number {
  return later.wallMs - earlier.wallMs - (later.archiveMs - earlier.archiveMs);
}

/** Whole seconds throughout, although the media's own positions are none. */
function isRounded(stamps: readonly Stamp[]): boolean {
  const origin = stamps[0]?.archiveMs ?? 0;
  return (
    stamps.every((stamp) => stamp.wallMs % 1_000 === 0) &&
    stamps.some((stamp) => Math.abs(((stamp.archiveMs - origin + 500) % 1_000) - 500) > 1)
  );
}

/** Where the step lies: at the first declared break after the earlier date-time, else at the later one. */
function seamBetween(segments: readonly ArchiveSegment[], earlier: number, later: number): number {
  for (let index = earlier + 1; index < later; index += 1) {
    if (segments[index]?.discontinuity) return index;
  }
  return later;
}

function* pairs(stamps: readonly Stamp[]): Iterable<readonly [Stamp, Stamp]> {
  let earlier: Stamp | undefined;
  for (const later of stamps) {
    if (earlier !== undefined) yield [earlier, later];
    earlier = later;
  }
}
