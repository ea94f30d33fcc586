import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipFolder } from '../../domain/ids.ts';
import type { RenderTask } from '../../domain/records.gen.ts';
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

export type Clip = Pick<RenderTask, 'channelId' | 'clipId'>;

const keys = (path: string) => ({ video: `${path}.mp4`, poster: `${path}.jpg`, manifest: `${path}.json` });

const pathOf = ({ channelId, clipId }: Clip): string => `${clipFolder(channelId)}/${clipId}`;

/** The clip with everything that belongs to it, or undefined. Versions before kept it outside its channel's folder. */
export async function storedClip(store: ClipStore, clip: Clip): Promise<StoredClip | undefined> {
  return (await storedAt(store, pathOf(clip))) ?? (await storedAt(store, clip.clipId));
}

async function storedAt(store: ClipStore, path: string): Promise<StoredClip | undefined> {
  const key = keys(path);
  const video = await store.stat(key.video);
  if (video === undefined) return undefined;
  const manifest = JSON.parse(await readFile(await store.open(key.manifest), 'utf8')) as ClipManifest;
  return { video, poster: key.poster, manifest };
}

/** Puts a clip into its channel's folder. The video comes last: where it is, the rest is too. */
export async function storeClip(
  store: ClipStore,
  clip: Clip,
  output: RenderOutput,
  manifest: ClipManifest,
  folder: string,
): Promise<StoredClip> {
  const key = keys(pathOf(clip));
  const { channelId } = clip;
  const path = join(folder, 'manifest.json');
  await writeFile(path, JSON.stringify(manifest));
  await store.put(key.poster, output.poster, { channelId });
  await store.put(key.manifest, path, { channelId });
  const video = await store.put(key.video, output.video, { channelId });
  return { video, poster: key.poster, manifest };
}
