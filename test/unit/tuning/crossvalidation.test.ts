import { describe, expect, it } from 'vitest';
import { vectorLength } from '../../../src/domain/scoring/features.ts';
import { defaultModel } from '../../../src/domain/scoring/model.ts';
import { calibrate } from '../../../src/domain/tuning/calibration.ts';
import { foldsBySet, foldsByVideo } from '../../../src/domain/tuning/crossvalidation.ts';
import { fitModel } from '../../../src/domain/tuning/fitmodel.ts';
import type { TrainingVideo } from '../../../src/domain/tuning/trainingvideo.ts';

/** Ten minutes in which nothing is said. */
const video = (id: string, set: number, labels = 1): TrainingVideo => ({
  id,
  set,
  category: '',
  rule: { beforeSec: 0, afterSec: 0 },
  labels: Array.from({ length: labels }, (_, i) => ({ startSec: 100 + i, endSec: 110 + i })),
  lengthSec: 600,
  firstSecond: 0,
  vectors: new Float32Array(600 * vectorLength),
  interrupted: new Set(),
});

const many = (count: number, set: number, labels?: number): readonly TrainingVideo[] =>
  Array.from({ length: count }, (_, i) => video(`${set}-${i}`, set, labels));

describe('parts that are kept out', () => {
  it('hold each video once, and of every set about as many', () => {
    const videos = [...many(11, 0), ...many(5, 1)];
    const folds = foldsByVideo(videos, 5);
    expect(
      folds
        .flatMap(({ kept }) => kept)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(videos.map(({ id }) => id).sort());
    for (const { kept, learned } of folds) {
      expect(kept.length + learned.length).toBe(videos.length);
      expect(kept.filter(({ set }) => set === 1)).toHaveLength(1);
      expect(learned.filter((one) => kept.includes(one))).toEqual([]);
    }
  });

  it('of sets of one video each leave the others to learn from', () => {
    const folds = foldsByVideo([video('a', 0), video('b', 1)], 2);
    expect(folds.map(({ kept, learned }) => [kept.length, learned.length])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('always leave labels to learn from', () => {
    const unlabelled = many(6, 0, 0);
    const videos = [...unlabelled, video('x', 0), video('y', 0)];
    const folds = foldsByVideo(videos, 5);
    expect(folds).toHaveLength(5);
    for (const { learned } of folds) expect(learned.some(({ labels }) => labels.length > 0)).toBe(true);
    expect(foldsBySet([...unlabelled, video('x', 1)]).map(({ kept }) => kept)).toEqual([unlabelled]);
  });
});

it('chats in which nothing happens give a model of finite numbers, and no calibration', () => {
  const model = fitModel(defaultModel, { videos: many(2, 0), decisions: [] });
  const numbers = [model.intercept, model.threshold, ...Object.values(model.controller), model.lag.onlineStartSec];
  expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
  expect(model.features.filter(({ scale }) => !(scale > 0))).toEqual([]);
  expect(calibrate([{ model, videos: many(2, 0) }])).toBeNull();
});
