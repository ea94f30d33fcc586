import { hash32 } from '../scoring/hash.ts';
import type { Model } from '../scoring/model.ts';
import { bySet } from './setweights.ts';
import type { TrainingVideo } from './trainingvideo.ts';

/** Videos that are kept out of the making of a model together. */
export interface Fold {
  readonly kept: readonly TrainingVideo[];
  readonly learned: readonly TrainingVideo[];
}

const isLabelled = ({ labels }: TrainingVideo): boolean => labels.length > 0;

/** A part can be kept out where there is something in it, and the others still have labels to learn from. */
const canBeKeptOut = ({ kept, learned }: Fold): boolean => kept.length > 0 && learned.some(isLabelled);

/**
 * The videos of every set, dealt to `count` folds, those with labels first, in an order that follows from their ids. Sets
 * of one video follow each other, so that they are not all kept out together.
 */
export function foldsByVideo(videos: readonly TrainingVideo[], count: number): readonly Fold[] {
  const fold = new Map<TrainingVideo, number>();
  let singles = 0;
  for (const set of bySet(videos)) {
    const from = set.length === 1 ? singles++ : 0;
    const order = [...set].sort((a, b) => hash32(a.id) - hash32(b.id) || (a.id < b.id ? -1 : 1));
    const dealt = [...order.filter(isLabelled), ...order.filter((video) => !isLabelled(video))];
    for (const [i, video] of dealt.entries()) fold.set(video, (from + i) % count);
  }
  const parts = Array.from({ length: count }, (_, i) => i);
  return parts
    .map((i) => ({
      kept: videos.filter((video) => fold.get(video) === i),
      learned: videos.filter((video) => fold.get(video) !== i),
    }))
    .filter(canBeKeptOut);
}

/** Each set kept out in turn. */
export const foldsBySet = (videos: readonly TrainingVideo[]): readonly Fold[] =>
  bySet(videos)
    .map((kept) => ({ kept, learned: videos.filter((video) => !kept.includes(video)) }))
    .filter(canBeKeptOut);

/** A model and videos that it has not seen. */
export interface Unseen {
  readonly model: Model;
  readonly videos: readonly TrainingVideo[];
}
