import { rankingFigures } from '../quality/figures.ts';
import type { JudgedVideo } from '../quality/predictions.ts';
import { lagOf, startOf } from '../scoring/lag.ts';
import { type Model, weightsOf } from '../scoring/model.ts';
import { maxima, rankingOf, scoresOf } from './replay.ts';
import { bySet, setWeight } from './setweights.ts';
import type { TrainingVideo } from './trainingvideo.ts';

/** What the ranking may add, with the weights that are tried. The first is taken where none is clearly better. */
const tried = [
  { name: 'messages_10', weights: [0.5, 0, 1] },
  { name: 'around_30', weights: [1, 0.5, 1.5] },
  { name: 'clip_requests_80', weights: [2.5, 1.5, 3.5] },
] as const;
/** A weight must be better by so much than the one before: what is less comes and goes with a single video. */
const clearly = 0.004;

/** How well a model ranks: precision of the five and ten best and recall of the ten and twenty best, by set. */
function merit(model: Model, videos: readonly TrainingVideo[]): number {
  const weights = weightsOf(model);
  const sets = bySet(videos).map((set) => {
    const judged = set.map((video): JudgedVideo => {
      const lag = lagOf(model.lag, video.category).rankedStartSec;
      const ranking = rankingOf(maxima(weights, video, scoresOf(weights, video)));
      const predictions = ranking.map(({ second, score }) => ({ startSec: startOf(second, lag), score }));
      return { labels: video.labels, rule: video.rule, lengthSec: video.lengthSec, predictions };
    });
    const figures = rankingFigures(judged);
    const value = (figures['P@5'] + figures['P@10'] + figures['R@10'] + figures['R@20']) / 4;
    return { weight: setWeight(set), value };
  });
  const total = sets.reduce((sum, { weight }) => sum + weight, 0);
  return sets.reduce((sum, { weight, value }) => sum + weight * value, 0) / total;
}

/** What the ranking adds to the score, each weight chosen in turn. */
export function fitRanking(model: Model, videos: readonly TrainingVideo[]): Model['ranking'] {
  let ranking = tried.map(({ name, weights }) => ({ name: name as string, weight: weights[0] as number }));
  let best = merit({ ...model, ranking }, videos);
  for (const { name, weights } of tried) {
    for (const weight of weights.slice(1)) {
      const other = ranking.map((term) => (term.name === name ? { name, weight } : term));
      const value = merit({ ...model, ranking: other }, videos);
      if (value <= best + clearly) continue;
      best = value;
      ranking = other;
    }
  }
  return ranking.filter(({ weight }) => weight !== 0);
}
