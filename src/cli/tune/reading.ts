import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { CliptideError } from '../../domain/errors.ts';
import { sum } from '../../domain/quality/predictions.ts';
import type { TrainingVideo } from '../../domain/tuning/trainingvideo.ts';
import { type ChatSet, type LabelledVideo, openChatSet, readVideo } from '../eval/chatset.ts';
import { measured } from './extract.ts';

/** What is learned from. */
export interface TrainingData {
  readonly sets: readonly ChatSet[];
  readonly videos: readonly TrainingVideo[];
  readonly labels: number;
  /** SHA-256 over the messages and labels, in hexadecimal. */
  readonly hash: string;
}

function hashed(hash: ReturnType<typeof createHash>, set: ChatSet, video: LabelledVideo): void {
  hash.update(JSON.stringify([set.category, set.rule, video.id, video.labels]));
  for (const { atMs, user, text } of video.messages) hash.update(`${atMs}\t${user}\t${text}\n`);
}

/** Reads and measures the sets of these folders. Rejects where one can't be read, or where there is too little to learn from. */
export async function readTrainingData(
  folders: readonly string[],
  latenessMs: number,
  onVideo: (set: string, done: number, of: number) => void,
  signal: AbortSignal,
): Promise<TrainingData> {
  const sets = await Promise.all(folders.map(openChatSet));
  const hash = createHash('sha256');
  const videos: TrainingVideo[] = [];
  for (const [place, set] of sets.entries()) {
    for (const [index, id] of set.ids.entries()) {
      onVideo(set.name, index, set.ids.length);
      await setImmediate();
      signal.throwIfAborted();
      const video = await readVideo(set, id);
      hashed(hash, set, video);
      videos.push(measured(set, place, video, latenessMs));
    }
  }
  const labels = sum(videos.map((video) => video.labels.length));
  if (videos.length < 2 || labels === 0) {
    throw new CliptideError('config', `there is too little to learn from: ${videos.length} videos, ${labels} labels`, {
      where: folders.join(', '),
      hint: 'give at least two videos with labels of kind highlight',
    });
  }
  return { sets, videos, labels, hash: hash.digest('hex') };
}
