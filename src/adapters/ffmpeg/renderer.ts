import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliptideError } from '../../domain/errors.ts';
import type { Renderer, RenderOutput, RenderRequest } from '../../ports/renderer.ts';
import { type Bounds, checkPackets, type Expectation, type Tools } from './check.ts';
import { type SoundClock, soundClocksDiffer } from './copy.ts';
import { cutPieces } from './cut.ts';
import type { Piece } from './encode.ts';
import { lookAt, lookAtSource } from './impression.ts';
import { piecesOf } from './pieces.ts';

/** Renders with ffmpeg; every clip is checked frame by frame before it gets its name. */
export function ffmpegRenderer(tools: Tools): Renderer {
  return { render: (request) => render(tools, request) };
}

async function render(tools: Tools, request: RenderRequest): Promise<RenderOutput> {
  const part = { video: join(request.folder, 'clip.mp4.part'), poster: join(request.folder, 'poster.jpg.part') };
  const final = { video: join(request.folder, 'clip.mp4'), poster: join(request.folder, 'poster.jpg') };
  try {
    const made = await renderParts(tools, request, part);
    await rename(part.poster, final.poster);
    await rename(part.video, final.video);
    return { ...final, ...made };
  } catch (error) {
    await Promise.all([...Object.values(part), ...Object.values(final)].map((path) => rm(path, { force: true })));
    throw outOfSpace(error) ?? error;
  }
}

type Made = Omit<RenderOutput, 'video' | 'poster'>;
type Paths = { readonly video: string; readonly poster: string };

async function renderParts(tools: Tools, request: RenderRequest, part: Paths): Promise<Made> {
  const { plan } = request;
  if (!plan.hasVideo) throw new CliptideError('media', 'this media has no picture', { where: plan.title });
  const bounds = deadlineOf(request);
  const pieces = await piecesOf(tools, request, bounds());
  const unsure = plan.preset.method === 'copy' && pieces.some(soundClocksDiffer);
  const cut = (clock: SoundClock): Promise<Made> => cutAndCheck(tools, request, pieces, part, clock, bounds);
  if (!unsure) return cut('source');
  return cut('track').catch((error: unknown) => {
    if (!(error instanceof CliptideError && error.code === 'media')) throw error;
    return cut('source').catch(() => {
      throw error;
    });
  });
}

async function cutAndCheck(
  tools: Tools,
  request: RenderRequest,
  pieces: readonly Piece[],
  part: Paths,
  clock: SoundClock,
  bounds: () => Bounds,
): Promise<Made> {
  const { plan } = request;
  const cutCpu = await cutPieces(tools, request, pieces, part.video, clock, bounds());
  const expected = expectation(pieces, plan.preset.method);
  const headMs = Math.max(0, Math.round(headSec(pieces) * 1000));
  const hasAudio = expected.sound !== undefined;
  const posterSec = posterTime(expected.frameTimes, (plan.peakMs - plan.startMs + headMs) / 1000);
  const [durationSec, sha256] = await Promise.all([
    checkPackets(tools, part.video, expected, bounds()),
    sha256Of(part.video),
  ]);
  const seen = await lookAt(tools, part.video, { hasAudio, posterSec, poster: part.poster }, bounds());
  const sourceCpu = seen.black || seen.silent ? await compareWithSource(tools, pieces, seen, bounds()) : 0;
  await requirePoster(part.poster);
  return {
    durationMs: Math.round(durationSec * 1000),
    headMs,
    bytes: (await stat(part.video)).size,
    sha256,
    cpuSeconds: cutCpu + seen.cpuSeconds + sourceCpu,
  };
}

/** Just before the first frame from the peak on, else before the last one. */
function posterTime(frameTimes: readonly number[], peakSec: number): number {
  const frame = frameTimes.find((time) => time >= peakSec) ?? frameTimes.at(-1) ?? 0;
  return Math.max(0, frame - 0.005);
}

/** What is left of the request's time, each time it is asked for. */
function deadlineOf(request: RenderRequest): () => Bounds {
  const end = performance.now() + request.deadlineMs;
  return () => ({ deadlineMs: Math.max(1, Math.round(end - performance.now())), signal: request.signal });
}

/** What the clip must be: each piece begins where the one before it ends. */
function expectation(pieces: readonly Piece[], method: 'copy' | 'encode'): Expectation {
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

/** How much earlier the clip begins than the span. */
function headSec([piece]: readonly Piece[]): number {
  const first = piece?.choice.shown[0];
  return piece === undefined || first === undefined ? 0 : piece.window.startSec - first.pts;
}

async function compareWithSource(
  tools: Tools,
  pieces: readonly Piece[],
  clip: { readonly black: boolean; readonly silent: boolean },
  bounds: Bounds,
): Promise<number> {
  let cpuSeconds = 0;
  for (const piece of pieces) {
    const seen = await lookAtSource(tools, piece, bounds);
    cpuSeconds += seen.cpuSeconds;
    const lost = clip.black && !seen.black ? 'is black' : clip.silent && !seen.silent ? 'is silent' : undefined;
    if (lost !== undefined) throw new CliptideError('media', `the clip ${lost} where the source is not`);
  }
  return cpuSeconds;
}

async function requirePoster(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size === 0) throw new CliptideError('media', 'no poster picture could be decoded');
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function outOfSpace(error: unknown): CliptideError | undefined {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return full
    ? new CliptideError('space', 'the disk became full while a clip was rendered', { cause: error })
    : undefined;
}
