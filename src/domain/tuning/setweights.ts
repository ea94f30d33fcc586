import { sum } from '../quality/predictions.ts';
import type { TrainingVideo } from './trainingvideo.ts';

/** Labels with which a set counts half of what it could. */
const halfLabels = 100;
/** Labels an hour with which half of the moments of a set are thought to be labelled. */
const halfPerHour = 5;

/** The videos of each set, in the order of the sets. */
export function bySet(videos: readonly TrainingVideo[]): readonly (readonly TrainingVideo[])[] {
  const places = [...new Set(videos.map((video) => video.set))].sort((a, b) => a - b);
  return places.map((place) => videos.filter((video) => video.set === place));
}

const labelCount = (videos: readonly TrainingVideo[]): number => sum(videos.map((video) => video.labels.length));

/** How much a set counts: with few labels little, with many never more than 1. */
export const setWeight = (videos: readonly TrainingVideo[]): number => weightOfLabels(labelCount(videos));

export const weightOfLabels = (labels: number): number => labels / (labels + halfLabels);

/** How far what is not labelled can be taken for no highlight: little where labels are rare. */
export function completeness(videos: readonly TrainingVideo[]): number {
  const hours = sum(videos.map((video) => video.lengthSec)) / 3600;
  const perHour = hours === 0 ? 0 : labelCount(videos) / hours;
  return perHour / (perHour + halfPerHour);
}
