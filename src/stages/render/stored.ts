import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipFolder } from '../../domain/ids.ts';
import type { RenderTask } from '../../domain/records.gen.ts';
import type { ClipStore, LocalFile, StoredFile } from '../../ports/clipstore.ts';
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

/**
 * Puts a clip into its channel's folder, or nothing where there is no room for all of it. The video comes last: where it
 * is, the rest is too.
 */
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
  const beside = [
    { key: key.poster, path: output.poster },
    { key: key.manifest, path },
  ];
  const video = { key: key.video, path: output.video };
  const stored = await putAfter(store, beside, video, channelId);
  // What a failed try had left of it may have been swept away meanwhile; what is there stays as it is.
  for (const one of beside) await store.put(one.key, one.path, { channelId });
  return { video: stored, poster: key.poster, manifest };
}

async function putAfter(
  store: ClipStore,
  beside: readonly LocalFile[],
  video: LocalFile,
  channelId: string,
): Promise<StoredFile> {
  if (store.putAfter !== undefined) return store.putAfter(beside, video, { channelId });
  for (const one of beside) await store.put(one.key, one.path, { channelId });
  return store.put(video.key, video.path, { channelId });
}
