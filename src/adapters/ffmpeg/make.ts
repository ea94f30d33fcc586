import { stat } from 'node:fs/promises';
import { CliptideError } from '../../domain/errors.ts';
import { checkPackets } from './check.ts';
import { type ClipTrack, readClip } from './clipfile.ts';
import type { SoundClock } from './copy.ts';
import { cutPieces } from './cut.ts';
import { firstTime, type Piece } from './encode.ts';
import { headOf } from './expectation.ts';
import { isFaithful } from './faithful.ts';
import { type Impression, lookAt, lookAtSource } from './impression.ts';
import type { Job, Made } from './job.ts';
import { posterFrame, posterOfSource, requirePoster } from './poster.ts';
import { sha256Of } from './sha256.ts';
import { together } from './together.ts';
import type { Bounds } from './tools.ts';

/** Cuts a clip, checks it and makes its poster. Rejects as `Renderer` does; what was written by then stays. */
export async function makeClip(job: Job, clock: SoundClock): Promise<Made> {
  const [piece, ...more] = job.pieces;
  const copies = job.request.plan.preset.method === 'copy' && more.length === 0;
  const made =
    copies && piece?.window.bytes !== undefined
      ? await copyAndCompare(job, piece, clock)
      : await cutAndLook(job, clock);
  await requirePoster(job.part.poster);
  return made;
}

/**
 * Copies, while another process decodes the poster from the source. A copy that holds the source's own bytes is black or
 * silent only where the source is, so that nothing more is decoded; any other one is looked at.
 */
async function copyAndCompare(job: Job, piece: Piece, clock: SoundClock): Promise<Made> {
  const { tools, part, bounds } = job;
  const posterSec = firstTime(piece) + peakOf(job);
  const [[made, faithful], posterCpu] = await together(
    bounds().signal,
    async (signal) => {
      const cpuSeconds = await cutPieces(job, clock, bounds(signal));
      const tracks = await readClip(tools, part.video, bounds(signal));
      return Promise.all([checked(job, tracks, cpuSeconds), isFaithful(part.video, tracks, piece)]);
    },
    (signal) => posterOfSource(tools, piece, posterSec, part.poster, bounds(signal)),
  );
  const more = faithful ? 0 : await comparedWithSource(job, await look(job, bounds()), bounds());
  return { ...made, cpuSeconds: made.cpuSeconds + posterCpu + more };
}

async function cutAndLook(job: Job, clock: SoundClock): Promise<Made> {
  const { tools, part, bounds } = job;
  const cpuSeconds = await cutPieces(job, clock, bounds());
  const [made, seen] = await together(
    bounds().signal,
    async (signal) => checked(job, await readClip(tools, part.video, bounds(signal)), cpuSeconds),
    (signal) => look(job, bounds(signal)),
  );
  return { ...made, cpuSeconds: cpuSeconds + (await comparedWithSource(job, seen, bounds())) };
}

/** Rejects with `media` where the clip is not what was asked for. */
async function checked(job: Job, tracks: readonly ClipTrack[], cpuSeconds: number): Promise<Made> {
  const { pieces, part, expected } = job;
  const durationSec = checkPackets(tracks, expected);
  const [sha256, { size }] = await Promise.all([sha256Of(part.video), stat(part.video)]);
  const headMs = Math.round(headOf(pieces) * 1000);
  return { durationMs: Math.round(durationSec * 1000), headMs, bytes: size, sha256, cpuSeconds };
}

/** Time of the frame that the poster shows, in seconds from the clip's start. */
function peakOf({ pieces, expected, request: { plan } }: Job): number {
  return posterFrame(expected.frameTimes, (plan.peakMs - plan.startMs) / 1000 + headOf(pieces));
}

function look(job: Job, bounds: Bounds): Promise<Impression> {
  const { tools, part, expected } = job;
  const clip = { path: part.video, hasAudio: expected.sound !== undefined, peakSec: peakOf(job) };
  return lookAt(tools, clip, part.poster, bounds);
}

/** Resolves with the CPU seconds of both looks; rejects where a clip is black or silent and its source is not. */
async function comparedWithSource({ tools, pieces }: Job, clip: Impression, bounds: Bounds): Promise<number> {
  if (!clip.black && !clip.silent) return clip.cpuSeconds;
  let cpuSeconds = clip.cpuSeconds;
  for (const piece of pieces) {
    const seen = await lookAtSource(tools, piece, bounds);
    cpuSeconds += seen.cpuSeconds;
    const lost = clip.black && !seen.black ? 'is black' : clip.silent && !seen.silent ? 'is silent' : undefined;
    if (lost !== undefined) throw new CliptideError('media', `the clip ${lost} where the source is not`);
  }
  return cpuSeconds;
}
