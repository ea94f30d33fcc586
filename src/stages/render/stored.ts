import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipStore, StoredFile } from '../../ports/clipstore.ts';
import type { RenderOutput } from '../../ports/renderer.ts';

/** What is kept beside a clip, so that a try after a crash can report it without rendering again. */
export interface ClipManifest {
  readonly durationMs: number;
  readonly headMs: number;
  readonly cpuSeconds: number;
  /** What was cut, in event time. */
  readonly startMs: number;
  readonly endMs: number;
  readonly bytesFetched: number;
  readonly bytesNeeded: number;
}

export interface StoredClip {
  readonly video: StoredFile;
  readonly poster: string;
  readonly manifest: ClipManifest;
}

const keys = (clipId: string) => ({ video: `${clipId}.mp4`, poster: `${clipId}.jpg`, manifest: `${clipId}.json` });

/** The clip with everything that belongs to it, or undefined. */
export async function storedClip(store: ClipStore, clipId: string): Promise<StoredClip | undefined> {
  const key = keys(clipId);
  const video = await store.stat(key.video);
  if (video === undefined) return undefined;
  const manifest = JSON.parse(await readFile(await store.open(key.manifest), 'utf8')) as ClipManifest;
  return { video, poster: key.poster, manifest };
}

/** Puts a clip into the store. The video comes last: where it is, the rest is too. */
export async function storeClip(
  store: ClipStore,
  clipId: string,
  output: RenderOutput,
  manifest: ClipManifest,
  folder: string,
): Promise<StoredClip> {
  const key = keys(clipId);
  const path = join(folder, 'manifest.json');
  await writeFile(path, JSON.stringify(manifest));
  await store.put(key.poster, output.poster);
  await store.put(key.manifest, path);
  const video = await store.put(key.video, output.video);
  return { video, poster: key.poster, manifest };
}
