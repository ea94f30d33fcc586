import { readFile, writeFile } from 'node:fs/promises';
import type { EditPlan } from '../../src/domain/editplan.ts';
import { presetNamed } from '../../src/domain/presets.ts';
import type { LeasedPart } from '../../src/ports/mediacache.ts';
import type { MadePlaylist } from './media.ts';

/** Segments of a made playlist as the cache would lease them, from the first of `from` on. */
export async function leasedParts(made: MadePlaylist, from = 0, to = made.segments.length): Promise<LeasedPart[]> {
  const init = made.init === undefined ? undefined : await readFile(made.init);
  const parts: LeasedPart[] = [];
  let startMs = 0;
  for (const [index, segment] of made.segments.entries()) {
    const durationMs = (made.durations[index] ?? 0) * 1000;
    if (index >= from && index < to) {
      parts.push({ path: await withInit(segment, init), startMs, durationMs, discontinuity: false });
    }
    startMs += durationMs;
  }
  return parts;
}

async function withInit(segment: string, init: Buffer | undefined): Promise<string> {
  if (init === undefined) return segment;
  const path = `${segment}.mp4`;
  await writeFile(path, Buffer.concat([init, await readFile(segment)]));
  return path;
}

/** A local file as one part. */
export function filePart(path: string, durationMs: number): LeasedPart {
  return { path, startMs: 0, durationMs, discontinuity: false };
}

export function plan(
  preset: 'copy' | 'source',
  startMs: number,
  endMs: number,
  more: Partial<EditPlan> = {},
): EditPlan {
  return {
    preset: presetNamed(preset),
    startMs,
    endMs,
    peakMs: (startMs + endMs) / 2,
    hasVideo: true,
    hasAudio: true,
    title: 'What a moment',
    ...more,
  };
}
