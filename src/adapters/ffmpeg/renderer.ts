import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliptideError } from '../../domain/errors.ts';
import type { Renderer, RenderOutput, RenderRequest } from '../../ports/renderer.ts';
import { type SoundClock, soundClocksDiffer } from './copy.ts';
import { expectation } from './expectation.ts';
import type { Job, Made } from './job.ts';
import { makeClip } from './make.ts';
import { piecesOf } from './pieces.ts';
import type { Bounds, Tools } from './tools.ts';
import { withSound } from './withsound.ts';

/** Which of the clocks of sound this ffmpeg was last found to use. */
interface Clocks {
  first: SoundClock;
}

/** Renders with ffmpeg; every clip is checked frame by frame before it gets its name. */
export function ffmpegRenderer(tools: Tools): Renderer {
  const clocks: Clocks = { first: 'track' };
  return { render: (request) => render(tools, request, clocks) };
}

async function render(tools: Tools, given: RenderRequest, clocks: Clocks): Promise<RenderOutput> {
  const part = { video: join(given.folder, 'clip.mp4.part'), poster: join(given.folder, 'poster.jpg.part') };
  const final = { video: join(given.folder, 'clip.mp4'), poster: join(given.folder, 'poster.jpg') };
  try {
    const { plan, parts: picture, sound, folder } = given;
    if (!plan.hasVideo) throw new CliptideError('media', 'this media has no picture', { where: plan.title });
    const bounds = deadlineOf(given);
    const parts = sound === undefined ? picture : await withSound(tools, { picture, sound, folder }, bounds);
    const request = { ...given, parts };
    const pieces = await piecesOf(tools, request, bounds());
    const expected = expectation(pieces, plan.preset.method);
    const made = await makeByClock({ tools, request, pieces, expected, part, bounds }, clocks);
    await rename(part.poster, final.poster);
    await rename(part.video, final.video);
    return { ...final, ...made };
  } catch (error) {
    await Promise.all([...Object.values(part), ...Object.values(final)].map((path) => rm(path, { force: true })));
    throw outOfSpace(error) ?? error;
  }
}

/** Where the clocks of sound differ, a clip that fails its check is made once more by the other one. */
async function makeByClock(job: Job, clocks: Clocks): Promise<Made> {
  const unsure = job.request.plan.preset.method === 'copy' && job.pieces.some(soundClocksDiffer);
  if (!unsure) return makeClip(job, 'source');
  const other = clocks.first === 'track' ? 'source' : 'track';
  return makeClip(job, clocks.first).catch(async (error: unknown) => {
    if (!(error instanceof CliptideError && error.code === 'media')) throw error;
    const made = await makeClip(job, other).catch(() => {
      throw error;
    });
    clocks.first = other;
    return made;
  });
}

/** What is left of the request's time, each time it is asked for. */
function deadlineOf(request: RenderRequest): (signal?: AbortSignal) => Bounds {
  const end = performance.now() + request.deadlineMs;
  return (signal = request.signal) => ({ deadlineMs: Math.max(1, Math.round(end - performance.now())), signal });
}

function outOfSpace(error: unknown): CliptideError | undefined {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return full
    ? new CliptideError('space', 'the disk became full while a clip was rendered', { cause: error })
    : undefined;
}
