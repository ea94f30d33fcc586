import { hits, type Label } from './labels.ts';
import { type JudgedVideo, type Prediction, sum } from './predictions.ts';

/** What is known so many seconds after the end of a moment, or before it where negative. */
export interface DelayPoint {
  readonly withinSec: number;
  /** Share of all highlights told on air that hit a label and were told by then. */
  readonly precision: number;
  /** Share of all labels that are hit by a highlight that was told by then. */
  readonly recall: number;
}

const within = [-10, -5, 0, 5, 10, 15, 20, 25, 30];

const isToldBy = (withinSec: number, label: Label, told: Prediction): boolean =>
  told.emittedAtSec !== undefined && told.emittedAtSec - label.endSec <= withinSec;

/** Precision and recall on air against the delay that is allowed. */
export function byDelay(videos: readonly JudgedVideo[]): readonly DelayPoint[] {
  const told = Math.max(1, sum(videos.map(({ predictions }) => predictions.length)));
  const labels = Math.max(1, sum(videos.map((video) => video.labels.length)));
  return within.map((withinSec) => {
    const count = (of: (video: JudgedVideo, matches: (label: Label, one: Prediction) => boolean) => number): number =>
      sum(
        videos.map((video) =>
          of(video, (label, one) => hits(video.rule, label, one.startSec) && isToldBy(withinSec, label, one)),
        ),
      );
    const hit = count(
      (video, matches) => video.predictions.filter((one) => video.labels.some((label) => matches(label, one))).length,
    );
    const found = count(
      (video, matches) => video.labels.filter((label) => video.predictions.some((one) => matches(label, one))).length,
    );
    return { withinSec, precision: hit / told, recall: found / labels };
  });
}
