import type { Expectation } from './check.ts';
import type { Piece } from './encode.ts';

/** What the clip must be: each piece begins where the one before it ends. */
export function expectation(pieces: readonly Piece[], method: 'copy' | 'encode'): Expectation {
  const frameTimes: number[] = [];
  let [offset, fromSec, toSec] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { choice, window } of pieces) {
    const first = choice.shown[0]?.pts ?? 0;
    for (const { pts } of choice.shown) frameTimes.push(offset + pts - first);
    if (window.sound !== undefined) {
      fromSec = Math.min(fromSec, offset + Math.max(0, window.sound.fromSec - first));
      toSec = offset + Math.min(choice.endSec, window.sound.toSec) - first;
    }
    offset += choice.endSec - first;
  }
  const hasSound = pieces.every(({ window }) => window.audio !== undefined) && toSec > fromSec;
  // An encode is filled with silence up to where the sound begins.
  const sound = hasSound ? { fromSec: method === 'encode' ? 0 : fromSec, toSec } : undefined;
  const rotation = method === 'copy' ? (pieces[0]?.window.video.rotation ?? 0) : 0;
  return { frameTimes, joined: method === 'copy' && pieces.length > 1, sound, rotation };
}

/** How much earlier the clip begins than the span, in seconds. */
export function headOf([piece]: readonly Piece[]): number {
  const first = piece?.choice.shown[0];
  return piece === undefined || first === undefined ? 0 : Math.max(0, piece.window.startSec - first.pts);
}
