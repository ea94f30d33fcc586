import type { HitRule, Label } from '../quality/labels.ts';
import { type FeatureVector, vectorLength } from '../scoring/features.ts';

/** A labelled video with what the scorer measured in each of its seconds, whatever the model. */
export interface TrainingVideo {
  readonly id: string;
  /** Place of its set among those that are learned from. */
  readonly set: number;
  /** The platform's name of what was shown, or empty. */
  readonly category: string;
  readonly rule: HitRule;
  readonly labels: readonly Label[];
  /** Time of the last message. */
  readonly lengthSec: number;
  /** The first second that was scored. */
  readonly firstSecond: number;
  /** Vectors of all seconds, one after the other, with the look-ahead of each as if it were a maximum. */
  readonly vectors: Float32Array;
  /** Seconds in which chat has been silent for long, by place. */
  readonly interrupted: ReadonlySet<number>;
}

export const secondsOf = (video: TrainingVideo): number => video.vectors.length / vectorLength;

/** The vector of the second at a place; a view. */
export const vectorAt = (video: TrainingVideo, place: number): FeatureVector =>
  video.vectors.subarray(place * vectorLength, (place + 1) * vectorLength);
