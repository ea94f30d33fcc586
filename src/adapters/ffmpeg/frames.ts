import type { Packet } from './ffprobe.ts';

/** A coded picture in decode order; times in seconds on the source's own clock. */
export interface Frame {
  readonly pts: number;
  readonly dts: number;
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

/** Frames of a cut that copies packets: those with a decode time in between. */
export interface CopyChoice extends FrameChoice {
  readonly fromDts: number;
  readonly toDts: number;
}

const rounding = 0.0006;

/** Frames that are to be shown, from packets in decode order. */
export function framesOf(packets: readonly Packet[]): Frame[] {
  const frames: Frame[] = [];
  for (const packet of packets) {
    const pts = packet.pts ?? packet.dts;
    if (pts === undefined || packet.discard) continue;
    frames.push({ pts, dts: packet.dts ?? pts, duration: packet.duration, key: packet.key });
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
 * The frames of a span, exactly: the first is the first one with a time not earlier than the start less half a frame,
 * the last is the last one with a time before the end. Undefined when there is none.
 */
export function chooseFrames(frames: readonly Frame[], startSec: number, endSec: number): FrameChoice | undefined {
  const half = halfFrame(frames);
  const all = byPts(frames);
  const shown = all.filter(({ pts }) => pts >= startSec - half - rounding && pts < endSec - rounding);
  return bounded(all, shown, half);
}

/**
 * The frames of a span when packets are copied: from the last key frame that is not later than the span's first frame,
 * through the packet with which, in decode order, all of its frames are there and what is shown has no hole (a frame
 * that is decoded early, for B-frames to refer to, may be shown after them). Undefined when there is no such key frame.
 */
export function chooseCopied(frames: readonly Frame[], startSec: number, endSec: number): CopyChoice | undefined {
  const wanted = chooseFrames(frames, startSec, endSec);
  const [first] = wanted?.shown ?? [];
  const last = wanted?.shown.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const start = frames.findLastIndex((frame) => frame.key && frame.pts <= first.pts + rounding);
  const key = frames[start];
  if (key === undefined) return undefined;
  const end = closedEnd(frames, last.pts);
  const copied = frames.slice(start, end + 1);
  const choice = bounded(byPts(frames), byPts(copied.filter(({ pts }) => pts >= key.pts)), halfFrame(frames));
  if (choice === undefined) return undefined;
  const after = frames[end + 1]?.dts ?? Number.POSITIVE_INFINITY;
  const finalDts = frames[end]?.dts ?? key.dts;
  const step = halfFrame(frames);
  return {
    ...choice,
    fromDts: key.dts - Math.min(step, (key.dts - (frames[start - 1]?.dts ?? Number.NEGATIVE_INFINITY)) / 2),
    toDts: Math.min(finalDts + step, (finalDts + after) / 2),
  };
}

/** Index in decode order of the last packet that is needed for all frames up to this time, and for no hole after it. */
function closedEnd(frames: readonly Frame[], untilPts: number): number {
  let end = frames.findLastIndex(({ pts }) => pts <= untilPts + rounding);
  let latest = untilPts;
  for (let index = 0; index <= end; index++) {
    const pts = frames[index]?.pts ?? latest;
    if (pts <= latest) continue;
    latest = pts;
    end = Math.max(
      end,
      frames.findLastIndex((frame) => frame.pts <= latest),
    );
  }
  return end;
}

function bounded(all: readonly Frame[], shown: readonly Frame[], half: number): FrameChoice | undefined {
  const [first] = shown;
  const last = shown.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const next = all.find(({ pts }) => pts > last.pts);
  return {
    shown,
    fromSec: first.pts - half / 2,
    toSec: next === undefined ? last.pts + half : (last.pts + next.pts) / 2,
    endSec: next?.pts ?? last.pts + (last.duration || half * 2),
  };
}

function byPts(frames: readonly Frame[]): Frame[] {
  return [...frames].sort((a, b) => a.pts - b.pts);
}
