import type { EditPlan } from '../../domain/editplan.ts';

/** Seconds of CPU that a second of picture takes, decoding, scaling and x264's `veryfast` together. */
const encodeSecondsPerSecond = 2;
const copySecondsPerSecond = 0.1;
/** Starting ffmpeg and checking what it made, whatever the length. */
const startSeconds = 5;
/** Of a busy picture at `crf 19`: 20 Mb/s. */
const encodedBytesPerSecond = 2_500_000;
/** The clip in pieces beside the clip as a whole. */
const copies = 2;

/** What a render will take, rather too much than too little: seconds of CPU, and bytes of the disk while it works. */
export function renderEstimate(
  { startMs, endMs, preset }: EditPlan,
  sourceBytes: number,
  isSoundApart: boolean,
): { readonly cpuSeconds: number; readonly workBytes: number } {
  const seconds = (endMs - startMs) / 1_000;
  const isCopy = preset.method === 'copy';
  const clipBytes = isCopy ? sourceBytes : Math.max(sourceBytes, seconds * encodedBytesPerSecond);
  return {
    cpuSeconds: startSeconds + seconds * (isCopy ? copySecondsPerSecond : encodeSecondsPerSecond),
    // Picture and sound from different files are put into one first.
    workBytes: copies * clipBytes + (isSoundApart ? sourceBytes : 0),
  };
}
