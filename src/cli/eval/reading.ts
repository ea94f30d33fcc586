import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { sum } from '../../domain/quality/predictions.ts';
import type { TrainingVideo } from '../../domain/tuning/trainingvideo.ts';
import { type ChatSet, type LabelledVideo, openChatSet, readVideo } from './chatset.ts';
import { measured } from './extract.ts';

/** Labelled chats, measured. */
export interface MeasuredSets {
  readonly sets: readonly ChatSet[];
  readonly videos: readonly TrainingVideo[];
  /** Times of the messages of each video, in seconds. */
  readonly timesSec: ReadonlyMap<TrainingVideo, readonly number[]>;
  readonly labels: number;
  /** SHA-256 over the messages and labels, in hexadecimal. */
  readonly hash: string;
}

function hashed(hash: ReturnType<typeof createHash>, set: ChatSet, video: LabelledVideo): void {
  hash.update(JSON.stringify([set.category, set.rule, video.id, video.labels]));
  for (const { atMs, user, text } of video.messages) hash.update(`${atMs}\t${user}\t${text}\n`);
}

/** Reads and measures the sets of these folders. Rejects where one can't be read. */
export async function readSets(
  folders: readonly string[],
  latenessMs: number,
  onVideo: (set: string, done: number, of: number) => void,
  signal: AbortSignal,
): Promise<MeasuredSets> {
  const sets = await Promise.all(folders.map(openChatSet));
  const hash = createHash('sha256');
  const videos: TrainingVideo[] = [];
  const timesSec = new Map<TrainingVideo, readonly number[]>();
  for (const [place, set] of sets.entries()) {
    for (const [index, id] of set.ids.entries()) {
      onVideo(set.name, index, set.ids.length);
      await setImmediate();
      signal.throwIfAborted();
      const video = await readVideo(set, id);
      hashed(hash, set, video);
      const one = measured(set, place, video, latenessMs);
      videos.push(one);
      timesSec.set(
        one,
        video.messages.map(({ atMs }) => atMs / 1000),
      );
    }
  }
  const labels = sum(videos.map((video) => video.labels.length));
  return { sets, videos, timesSec, labels, hash: hash.digest('hex') };
}
