/** Times are rounded to milliseconds on their way, so that a frame may seem so much too late, in seconds. */
export const rounding = 0.0006;

/**
 * Index of the frame with which a span begins: the one that lies nearest to its start, the earlier of two. `times` are
 * in order and in seconds; the last frame is shown for `lastSec`.
 */
export function firstOfSpan(times: readonly number[], startSec: number, lastSec: number): number {
  const after = times.findIndex((time) => time >= startSec);
  const next = after === -1 ? times.length : after;
  const before = times[next - 1];
  if (before === undefined) return next;
  const half = ((times[next] ?? before + lastSec) - before) / 2;
  return startSec - before <= half + rounding ? next - 1 : next;
}

/** Number of frames from the start that lie before the end of a span. */
export function countBefore(times: readonly number[], endSec: number): number {
  const index = times.findIndex((time) => time >= endSec - rounding);
  return index === -1 ? times.length : index;
}
