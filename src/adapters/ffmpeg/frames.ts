import { countBefore, firstOfSpan, rounding } from '../../domain/frametimes.ts';
import type { Packet } from './ffprobe.ts';

/** A coded picture in decode order; times in seconds on the source's own clock. */
export interface Frame {
  readonly pts: number;
  readonly duration: number;
  readonly key: boolean;
}

/** Which frames a cut holds. `shown` is in the order of presentation. */
export interface FrameChoice {
  readonly shown: readonly Frame[];
  /** Everything with a presentation time in between belongs to the cut, nothing outside. */
  readonly fromSec: number;
  readonly toSec: number;
  /** End of the last frame. */
  readonly endSec: number;
}

const slack = 0.0004;

/** Frames that can be decoded and are to be shown, from packets in decode order: those from the first key frame on. */
export function framesOf(packets: readonly Packet[]): Frame[] {
  const frames: Frame[] = [];
  for (const packet of packets.slice(packets.findIndex(({ key }) => key))) {
    const pts = packet.pts ?? packet.dts;
    if (pts === undefined || packet.discard) continue;
    frames.push({ pts, duration: packet.duration, key: packet.key });
  }
  return frames;
}

/** Half of the usual distance between two frames, in seconds. */
export function halfFrame(frames: readonly Frame[]): number {
  const shown = byPts(frames);
  const steps = shown.slice(1).map((frame, index) => frame.pts - (shown[index]?.pts ?? 0));
  const sorted = steps.filter((step) => step > 0).sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? frames[0]?.duration ?? 0.04) / 2;
}

/**
 * The frames of a span, exactly: the first is the one nearest to the start, the last is the last one with a time before
 * the end. Which these are does not depend on how much around the span is known. Undefined when there is none.
 */
export function chooseFrames(frames: readonly Frame[], startSec: number, endSec: number): FrameChoice | undefined {
  const half = halfFrame(frames);
  const all = byPts(frames);
  const times = all.map(({ pts }) => pts);
  const shown = all.slice(firstOfSpan(times, startSec, half * 2), countBefore(times, endSec));
  return bounded(all, shown, half);
}

/**
 * The frames of a span when packets are copied: from the last key frame that is not later than the span's first frame,
 * through the packet with which, in decode order, all of its frames are there and what is shown has no hole (a frame
 * that is decoded early, for B-frames to refer to, may be shown after them). Undefined when there is no such key frame.
 */
export function chooseCopied(frames: readonly Frame[], startSec: number, endSec: number): FrameChoice | undefined {
  const wanted = chooseFrames(frames, startSec, endSec);
  const [first] = wanted?.shown ?? [];
  const last = wanted?.shown.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const key = frames.findLast((frame) => frame.key && frame.pts <= first.pts + rounding);
  if (key === undefined) return undefined;
  const all = byPts(frames);
  const until = latestWith(frames, last.pts);
  return bounded(
    all,
    all.filter(({ pts }) => pts >= key.pts && pts <= until),
    halfFrame(frames),
  );
}

/**
 * Presentation time of the latest frame that is decoded before the last one of those up to a time is; with it, all that
 * are shown before it. So nothing that a copied frame refers to is left out.
 */
function latestWith(frames: readonly Frame[], untilPts: number): number {
  let latest = untilPts;
  let end = -1;
  for (let index = 0; index <= Math.max(end, lastUpTo(frames, latest)); index++) {
    latest = Math.max(latest, frames[index]?.pts ?? latest);
    end = lastUpTo(frames, latest);
  }
  return latest;
}

/** Index in decode order of the last frame that is shown no later than this. */
function lastUpTo(frames: readonly Frame[], pts: number): number {
  return frames.findLastIndex((frame) => frame.pts <= pts + rounding);
}

function bounded(all: readonly Frame[], shown: readonly Frame[], half: number): FrameChoice | undefined {
  const [first] = shown;
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const next = all.find(({ pts }) => pts > last.pts);
  const endSec = next?.pts ?? last.pts + (last.duration || half * 2);
  // Close to the frames themselves: ffmpeg rounds a bound to the track's clock, which may tick once a frame.
  return { shown, fromSec: first.pts - Math.min(slack, half / 2), toSec: endSec - Math.min(slack, half / 2), endSec };
}

function byPts(frames: readonly Frame[]): Frame[] {
  return [...frames].sort((a, b) => a.pts - b.pts);
}
