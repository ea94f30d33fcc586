import { isHit } from '../quality/labels.ts';
import { featureNames, placeOf, vectorLength } from '../scoring/features.ts';
import type { Model } from '../scoring/model.ts';
import { constraints, handWeights } from './constraints.ts';
import { type Decision, isApproved, standardisedValue } from './decisions.ts';
import { fitLogistic, type LogisticProblem } from './logistic.ts';
import { bySet, setWeight, weightOfLabels } from './setweights.ts';
import { secondsOf, type TrainingVideo } from './trainingvideo.ts';

type Features = Model['features'];

/** Features that are fitted; the others keep their weights. */
const fitted = featureNames.filter((name) => !handWeights.has(name));
const places = fitted.map(placeOf);
/** Of a row: the features, and whether it is of a decision. */
const width = fitted.length + 1;
const ridge = 1 / 174;
/**
 * Share of the seconds, the busiest of each set, that are learned from: what a detector has to decide is which burst is
 * a highlight, not that a quiet second is none.
 */
const busyShare = 0.25;
/** A feature that varies less teaches nothing; its scale would be rounded to 0 in the model. */
const leastScale = 0.001;
const rateAt = placeOf('rate_10');
const rankAt = placeOf('rank_10');
const hypeAt = placeOf('hype_10');

/** Seconds of one set that are learned from, as a video and a place in it. */
interface Row {
  readonly video: TrainingVideo;
  readonly place: number;
  readonly importance: number;
}

function busyness(video: TrainingVideo, place: number): number {
  const at = place * vectorLength;
  const value = (index: number): number => video.vectors[at + index] ?? 0;
  return value(rateAt) + 0.5 * value(rankAt) + 0.5 * value(hypeAt);
}

function busyRows(videos: readonly TrainingVideo[]): readonly Row[] {
  const all = videos.flatMap((video) =>
    Array.from({ length: secondsOf(video) }, (_, place) => ({ video, place, busy: busyness(video, place) })),
  );
  const bar = Float64Array.from(all, ({ busy }) => busy).sort()[Math.floor(all.length * (1 - busyShare))] ?? 0;
  const busy = all.filter((row) => row.busy >= bar);
  const importance = setWeight(videos) / Math.max(1, busy.length);
  return busy.map(({ video, place }) => ({ video, place, importance }));
}

/** Mean and standard deviation of every fitted feature over all seconds, each set with its weight. */
function standards(sets: readonly (readonly TrainingVideo[])[]): { readonly mean: number; readonly scale: number }[] {
  return places.map((place) => {
    let weight = 0;
    let first = 0;
    let second = 0;
    for (const videos of sets) {
      const share =
        setWeight(videos) /
        Math.max(
          1,
          videos.reduce((total, video) => total + secondsOf(video), 0),
        );
      for (const video of videos) {
        for (let at = place; at < video.vectors.length; at += vectorLength) {
          const value = video.vectors[at] ?? 0;
          weight += share;
          first += share * value;
          second += share * value * value;
        }
      }
    }
    const mean = first / weight;
    const scale = Math.sqrt(Math.max(0, second / weight - mean * mean));
    return { mean, scale: scale < leastScale ? 1 : scale };
  });
}

/** Whether a second tells of a highlight that began `lagSec` before it. */
const tells = (video: TrainingVideo, place: number, lagSec: number): boolean =>
  isHit(video.rule, video.labels, video.firstSecond + place - lagSec);

/** What a model is fitted to. */
export interface Lessons {
  readonly videos: readonly TrainingVideo[];
  readonly decisions: readonly Decision[];
}

/** Rows of standardised features, with what is to be said of each. */
interface Taught {
  readonly rows: Float64Array;
  readonly targets: readonly boolean[];
  readonly importance: readonly number[];
}

/**
 * Fits the features of a model: what is said of a second is whether a start `lagSec` before it would be a hit, of a decision
 * whether it was approved. What people decide about was chosen by a scorer and is right more often than a busy second: it
 * has an intercept of its own, which the model is without.
 */
export function fitFeatures(
  base: Model,
  { videos, decisions }: Lessons,
  lagSec: (category: string) => number,
): { readonly intercept: number; readonly features: Features } {
  const sets = bySet(videos);
  const norms = standards(sets);
  const taught = [seconds(sets.flatMap(busyRows), norms, base.clip, lagSec), decided(decisions, norms, base.clip)];
  const importance = taught.flatMap((one) => one.importance);
  const total = importance.reduce((sum, value) => sum + value, 0);
  const problem: LogisticProblem = {
    width,
    rows: joined(taught.map(({ rows }) => rows)),
    targets: Uint8Array.from(
      taught.flatMap(({ targets }) => targets),
      Number,
    ),
    importance: Float64Array.from(importance, (value) => value / total),
    signs: [...fitted.map((name) => (constraints[name] === 'less' ? -1 : 1)), 0],
    ridge,
  };
  const { intercept, weights } = fitLogistic(problem);
  const learned = fitted.map((name, i) => {
    const { mean, scale } = norms[i] ?? { mean: 0, scale: 1 };
    return { name, mean, scale, weight: (weights[i] ?? 0) + 0 };
  });
  return { intercept, features: learned };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

type Norm = ReturnType<typeof standards>[number];

function seconds(
  rows: readonly Row[],
  norms: readonly Norm[],
  clip: number,
  lagSec: (category: string) => number,
): Taught {
  const values = new Float64Array(rows.length * width);
  for (const [i, { video, place }] of rows.entries()) {
    for (const [k, { mean, scale }] of norms.entries()) {
      const value = (video.vectors[place * vectorLength + (places[k] ?? 0)] ?? 0) - mean;
      values[i * width + k] = Math.min(clip, Math.max(-clip, value / scale));
    }
  }
  const targets = rows.map(({ video, place }) => tells(video, place, lagSec(video.category)));
  return { rows: values, targets, importance: rows.map(({ importance }) => importance) };
}

function decided(decisions: readonly Decision[], norms: readonly Norm[], clip: number): Taught {
  const known = decisions.filter(({ values }) => values.size > 0);
  const rows = known.flatMap(({ values }) => [
    ...norms.map((norm, k) => standardisedValue(values, { name: fitted[k] ?? '', ...norm }, clip)),
    1,
  ]);
  const share = weightOfLabels(known.length) / Math.max(1, known.length);
  return { rows: Float64Array.from(rows), targets: known.map(isApproved), importance: known.map(() => share) };
}
