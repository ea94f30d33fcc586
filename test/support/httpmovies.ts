import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inspectArchive } from '../../src/adapters/ffmpeg/probe.ts';
import { ffmpegRenderer } from '../../src/adapters/ffmpeg/renderer.ts';
import type { ArchiveView } from '../../src/domain/mediaclock.ts';
import type { LeasedPart, MediaCache } from '../../src/ports/mediacache.ts';
import { archiveOf } from './archiveviews.ts';
import { plan } from './mediaparts.ts';
import type { CountingOrigin } from './origin.ts';

const run = promisify(execFile);

export interface MovieTools {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The archive that `clip` would make of an address. */
export async function movieAt(cache: MediaCache, url: string, streamId = 'stream'): Promise<ArchiveView> {
  const info = await cache.inspect({ streamId, channelId: 'channel', url });
  if (info === undefined) throw new Error(`no MP4: ${url}`);
  return { ...archiveOf([], { type: 'file', uri: url, ...info }), streamId };
}

/** Serves a file from the disk, with an entity tag unless told otherwise. */
export async function serveMovie(origin: CountingOrigin, file: string, headers = { etag: '"one"' }): Promise<string> {
  return origin.set('/movie', { body: await readFile(file), headers });
}

/**
 * The clip of a span: each packet with its times and its hash, and what the renderer tells. (A copy's header repeats an
 * average bit rate of the source, so that files of equal packets may differ in two numbers.)
 */
async function clipOf(
  { ffmpeg, ffprobe, root }: MovieTools & { readonly root: string },
  parts: readonly LeasedPart[],
  preset: 'copy' | 'source',
  { fromMs, toMs }: Span,
) {
  const folder = await mkdtemp(path.join(root, 'clip-'));
  const request = { plan: plan(preset, fromMs, toMs), parts, folder, deadlineMs: 60_000 };
  const { video, durationMs, headMs } = await ffmpegRenderer({ ffmpeg, ffprobe }).render(request);
  const { stdout: packets } = await run(
    ffmpeg,
    ['-v', 'error', '-i', `file:${video}`, '-map', '0', '-c', 'copy', '-f', 'framemd5', '-'],
    { maxBuffer: 1 << 26 },
  );
  // Without times of decoding and in no order: where an edit begins between two pictures, ffmpeg rounds them.
  const shown = packets
    .split('\n')
    .map((line) => line.replace(/^(\d+,) *-?\d+,/, '$1'))
    .sort();
  return { packets: shown, durationMs, headMs };
}

/** What of a clip does not depend on where in the file the decoding of sound began, as its made-up noise does. */
export function withoutNoise(clip: Awaited<ReturnType<typeof clipOf>>) {
  const { packets, durationMs, headMs } = clip;
  return { packets: packets.map((line) => line.replace(/^(1, *\d+,).*/, '$1')), durationMs, headMs };
}

/** The same clip twice: from the file on the disk, and from what a lease gives of it. */
export async function bothClips(
  world: MovieTools & { readonly root: string; readonly cache: MediaCache },
  file: string,
  archive: ArchiveView,
  preset: 'copy' | 'source',
  span: Span,
) {
  const { durationMs } = await inspectArchive(world.ffprobe, file);
  const whole = { path: file, startMs: 0, durationMs, discontinuity: false };
  const local = await clipOf(world, [whole], preset, span);
  const lease = await world.cache.lease({ archive, ...span, purpose: 'render' });
  try {
    return { local, remote: await clipOf(world, lease.parts, preset, span), lease };
  } finally {
    await lease.release();
  }
}
