import type { Prediction } from '../quality/predictions.ts';
import type { Candidate } from '../scoring/candidate.ts';
import { Detector } from '../scoring/detector.ts';
import { lagOf, startOf } from '../scoring/lag.ts';
import { rankingScoreOf, scoreOf, type Weights } from '../scoring/model.ts';
import { Peaks } from '../scoring/peaks.ts';
import { Separation } from '../scoring/separation.ts';
import { secondsOf, type TrainingVideo, vectorAt } from './trainingvideo.ts';

/** Scores of a video's seconds by place. */
export function scoresOf(weights: Weights, video: TrainingVideo): Float64Array {
  const scores = new Float64Array(secondsOf(video));
  for (let place = 0; place < scores.length; place += 1) scores[place] = scoreOf(weights, vectorAt(video, place));
  return scores;
}

/** A second in which a highlight began. */
export interface Crossing {
  readonly second: number;
  readonly score: number;
}

/** The highlights that the detector finds with a wish. */
export function crossings(
  weights: Weights,
  video: TrainingVideo,
  scores: Float64Array,
  perHour: number,
): readonly Crossing[] {
  const detector = new Detector(weights.model);
  const found: Crossing[] = [];
  for (const [place, score] of scores.entries()) {
    const { hindrance } = detector.close(score, perHour, video.interrupted.has(place));
    if (hindrance === null) found.push({ second: video.firstSecond + place, score });
  }
  return found;
}

/** All local maxima of the score, each with its vector; its score is that of the ranking. */
export function maxima(weights: Weights, video: TrainingVideo, scores: Float64Array): readonly Candidate[] {
  const peaks = new Peaks();
  const found: Candidate[] = [];
  const keep = (peak: Candidate | null): void => {
    if (peak !== null) found.push({ ...peak, score: rankingScoreOf(weights, peak.vector) });
  };
  for (const [place, score] of scores.entries()) {
    const capture = (): Candidate => ({
      second: video.firstSecond + place,
      score,
      emitted: null,
      vector: vectorAt(video, place),
      terms: [],
    });
    keep(peaks.close(score, capture));
  }
  keep(peaks.finish());
  return found;
}

/** The final ranking of these maxima. */
export function rankingOf(candidates: readonly Candidate[]): readonly Candidate[] {
  const separation = new Separation();
  for (const candidate of candidates) separation.add(candidate);
  return separation.finish();
}

/** What the scorer with these weights tells on air of a video, and ranks at its end, as its judge sees it. */
export function predictionsOf(
  weights: Weights,
  video: TrainingVideo,
  wish: { readonly perHour: number; readonly latenessSec: number; readonly category: string },
): { readonly online: readonly Prediction[]; readonly ranked: readonly Prediction[] } {
  const lag = lagOf(weights.model.lag, wish.category);
  const scores = scoresOf(weights, video);
  const online = crossings(weights, video, scores, wish.perHour).map(({ second, score }) => ({
    startSec: startOf(second, lag.onlineStartSec),
    score,
    emittedAtSec: second + 1 + wish.latenessSec,
  }));
  const ranked = rankingOf(maxima(weights, video, scores)).map(({ second, score }) => ({
    startSec: startOf(second, lag.rankedStartSec),
    score,
  }));
  return { online, ranked };
}
