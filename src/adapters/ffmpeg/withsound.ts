import { join } from 'node:path';
import type { LeasedPart } from '../../ports/mediacache.ts';
import { probe } from './ffprobe.ts';
import { runFfmpeg } from './run.ts';
import { contiguousRuns, type PartRun } from './runs.ts';
import { fileUri, localOnly, sourceUri } from './source.ts';
import type { Bounds, Tools } from './tools.ts';

export interface ApartMedia {
  readonly picture: readonly LeasedPart[];
  /** In the picture's time. */
  readonly sound: readonly LeasedPart[];
  /** Where the joined files are written. */
  readonly folder: string;
}

/** Renditions of a broadcast have one clock (RFC 8216, section 6.2.4); beyond this they do not, in milliseconds. */
const sameClockMs = 1_000;

/**
 * Puts picture and sound that lie in files of their own into one file for each unbroken run, without any encoding. A
 * run of the picture under which there is no sound stays as it is. Rejects as `runFfmpeg` does.
 */
export async function withSound(tools: Tools, media: ApartMedia, bounds: () => Bounds): Promise<readonly LeasedPart[]> {
  const sounds = contiguousRuns(media.sound);
  const joined: LeasedPart[] = [];
  for (const [index, picture] of contiguousRuns(media.picture).entries()) {
    const sound = underneath(picture, sounds);
    const discontinuity = index > 0;
    if (sound === undefined) joined.push(...media.picture.filter(({ path }) => picture.paths.includes(path)));
    else joined.push({ ...(await joinRun(tools, picture, sound, media.folder, index, bounds)), discontinuity });
  }
  return joined;
}

/** The run of sound that a run of the picture has most of. */
function underneath(picture: PartRun, sounds: readonly PartRun[]): PartRun | undefined {
  const shared = (sound: PartRun) => Math.min(picture.endMs, sound.endMs) - Math.max(picture.startMs, sound.startMs);
  return sounds.filter((sound) => shared(sound) > 0).toSorted((a, b) => shared(b) - shared(a))[0];
}

async function joinRun(
  tools: Tools,
  picture: PartRun,
  sound: PartRun,
  folder: string,
  index: number,
  bounds: () => Bounds,
): Promise<Omit<LeasedPart, 'discontinuity'>> {
  const isTs = picture.paths[0]?.endsWith('.ts') === true;
  const path = join(folder, `joined-${index}.${isTs ? 'ts' : 'mp4'}`);
  const container = isTs ? ['-f', 'mpegts'] : ['-f', 'mp4', '-movflags', 'frag_keyframe+delay_moov+default_base_moof'];
  const later = await laterSec(tools, picture, sound, bounds);
  // Sound that is long before the picture would move the picture in the file.
  const begin = later < 0 ? ['-ss', (-later).toFixed(6)] : ['-itsoffset', later.toFixed(6)];
  await runFfmpeg({
    ffmpeg: tools.ffmpeg,
    inputs: [
      { options: [...localOnly], uri: sourceUri(picture.paths) },
      { options: [...localOnly, ...begin], uri: sourceUri(sound.paths) },
    ],
    outputs: [{ options: ['-map', '0:v:0', '-map', '1:a:0', '-c', 'copy', ...container], target: fileUri(path) }],
    ...bounds(),
  });
  return { path, startMs: picture.startMs, durationMs: picture.endMs - picture.startMs };
}

/** How much later than the picture the sound begins, in seconds: by their common clock, else by their archive times. */
async function laterSec(tools: Tools, picture: PartRun, sound: PartRun, bounds: () => Bounds): Promise<number> {
  const startOf = async ({ paths }: PartRun): Promise<number | undefined> =>
    (await probe({ ffprobe: tools.ffprobe, uri: sourceUri(paths), name: paths[0] ?? '', ...bounds() })).startSec;
  const [seen, heard] = [await startOf(picture), await startOf(sound)];
  const byTimes = (sound.startMs - picture.startMs) / 1_000;
  if (seen === undefined || heard === undefined) return byTimes;
  return Math.abs(heard - seen - byTimes) * 1_000 < sameClockMs ? heard - seen : byTimes;
}
