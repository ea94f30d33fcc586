import { countBefore, firstOfSpan } from '../frametimes.ts';
import { NotPlain } from './boxes.ts';
import { type Group, groupsAround } from './groups.ts';
import { isShown, type MediaTrack } from './media.ts';
import type { TableSample } from './sampletable.ts';

/** The groups that hold the pictures of a span. */
export interface PicturesOfSpan {
  readonly groups: readonly Group[];
  /** When the group after them begins to be shown, in ticks of composition; undefined at the end. */
  readonly next: number | undefined;
  /** First and end of what is shown of them, in ticks of composition. */
  readonly from: number;
  readonly to: number;
}

interface Picture {
  readonly sample: TableSample;
  readonly group: number;
}

/** What has to be there to show a span exactly. In seconds on the file's clock. Undefined where no picture lies in it. */
export function picturesOfSpan(track: MediaTrack, fromSec: number, toSec: number): PicturesOfSpan | undefined {
  const toTicks = (sec: number): number => sec * track.timescale - track.shift;
  const groups = groupsAround(track, toTicks(fromSec), toTicks(toSec));
  const pictures: Picture[] = groups
    .flatMap(({ samples }, group) => samples.map((sample) => ({ sample, group })))
    .filter(({ sample }) => isShown(track, sample))
    .sort((a, b) => a.sample.composition - b.sample.composition);
  const times = pictures.map(({ sample }) => (sample.composition + track.shift) / track.timescale);
  const lastSec = (pictures.at(-1)?.sample.duration ?? 0) / track.timescale;
  const first = pictures[firstOfSpan(times, fromSec, lastSec)];
  const count = countBefore(times, toSec);
  const last = pictures[count - 1];
  if (first === undefined || last === undefined || last.sample.composition < first.sample.composition) return undefined;
  const begin = groups.findLastIndex(({ samples: [key] }) => (key?.composition ?? 0) <= first.sample.composition);
  const end = lastGroup(pictures, count, last) + 1;
  return span(track, groups.slice(Math.max(0, begin), end), groups[end]?.from);
}

/**
 * Index of the last group that holds a picture up to the last one; the next group too, where only that one's first
 * picture tells for how long the last one is shown.
 */
function lastGroup(pictures: readonly Picture[], count: number, { sample }: Picture): number {
  const group = pictures.slice(0, count).reduce((latest, one) => Math.max(latest, one.group), 0);
  const next = pictures[count];
  const isTold = next === undefined || next.group <= group;
  return isTold || next.sample.composition === sample.composition + sample.duration ? group : next.group;
}

function span(track: MediaTrack, groups: readonly Group[], next: number | undefined): PicturesOfSpan {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const sample of groups.flatMap(({ samples }) => samples)) {
    if (!isShown(track, sample)) continue;
    from = Math.min(from, sample.composition);
    to = Math.max(to, sample.composition + sample.duration);
  }
  if (to === Number.NEGATIVE_INFINITY) throw new NotPlain('nothing of its picture is shown');
  return { groups, next, from, to };
}
