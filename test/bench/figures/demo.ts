import { launch, runChild } from '../child.ts';
import { type Figure, seconds } from '../figure.ts';

interface ClipLine {
  readonly kind: string;
  readonly momentSec: number;
  readonly detectedSec: number;
  readonly onDiskSec: number;
  readonly bytesFetched: number;
  readonly bytesNeeded: number;
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
const inSeconds = (value: number): string => `${value.toFixed(0)} s`;

/** The demo at its own pace: from a moment to its clip on disk, in seconds of the broadcast. */
export const demo: Figure = {
  name: 'demo',
  measure: async (folder) => {
    const run = await runChild(process.execPath, [launch, 'demo', '--json'], folder);
    const clips = run.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ClipLine)
      .filter((line) => line.kind === 'clip');
    const delays = (end: 'detectedSec' | 'onDiskSec') =>
      clips.map((clip) => clip[end] - clip.momentSec).sort((a, b) => a - b);
    const [detected, onDisk] = [delays('detectedSec'), delays('onDiskSec')];
    const sum = (field: 'bytesFetched' | 'bytesNeeded') => clips.reduce((total, clip) => total + clip[field], 0);
    return [
      {
        what: `Demo: moment to clip on disk, median and worst of ${clips.length}, in broadcast seconds`,
        value: `${inSeconds(middle(onDisk))}, ${inSeconds(onDisk.at(-1) ?? Number.NaN)}`,
        baseline: `moment to detection: ${inSeconds(middle(detected))}, ${inSeconds(detected.at(-1) ?? Number.NaN)}`,
      },
      { what: 'Demo: whole run', value: seconds(run.ms), baseline: 'the broadcast lasts 900 s', aim: 'under 90 s' },
      {
        what: 'Demo: bytes fetched from the origin',
        value: `${(sum('bytesFetched') / 1e6).toFixed(1)} MB`,
        baseline: `bytes that the clips need: ${(sum('bytesNeeded') / 1e6).toFixed(1)} MB`,
      },
    ];
  },
};
