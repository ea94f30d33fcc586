import { type Lag, type LagPrior, lagOf } from '../scoring/lag.ts';
import { type Model, weightsOf } from '../scoring/model.ts';
import { fitRanking } from './blend.ts';
import { channelLags } from './channellags.ts';
import { handScale, handWeights } from './constraints.ts';
import { fitFeatures, type Lessons } from './fitted.ts';
import { startLags, type Told } from './lagcurves.ts';
import { categorySpans, endLag, type Spans, spansOf } from './lagspans.ts';
import { crossings, maxima, rankingOf, scoresOf } from './replay.ts';
import { fitThreshold } from './threshold.ts';
import type { TrainingVideo } from './trainingvideo.ts';

/** Before anything is known of the lags. */
const firstLagSec = 20;
const rankedPerVideo = 10;
const rounded = (value: number): number => Number(value.toFixed(4));
const tenth = (value: number): number => Number(value.toFixed(1));

/** Seconds that the model tells of on air with its own wish, and in its ranking. */
function toldBy(model: Model, videos: readonly TrainingVideo[]): { online: readonly Told[]; ranked: readonly Told[] } {
  const weights = weightsOf(model);
  const scored = videos.map((video) => ({ video, scores: scoresOf(weights, video) }));
  const online = scored.map(({ video, scores }) => ({
    video,
    seconds: crossings(weights, video, scores, model.controller.perHour).map(({ second }) => second),
  }));
  const ranked = scored.map(({ video, scores }) => ({
    video,
    seconds: rankingOf(maxima(weights, video, scores))
      .slice(0, rankedPerVideo)
      .map(({ second }) => second),
  }));
  return { online, ranked };
}

function fitLags(base: Model, model: Model, videos: readonly TrainingVideo[]): LagPrior {
  const told = toldBy(model, videos);
  const online = startLags(told.online, base.lag.onlineStartSec);
  const ranked = startLags(told.ranked, base.lag.rankedStartSec);
  const all = {
    online: spansOf(told.online, () => online.unknown),
    ranked: spansOf(told.ranked, () => ranked.unknown),
  };
  const categories = [...online.categories].map(([name, onlineStartSec]) => {
    const rankedStartSec = ranked.categories.get(name) ?? ranked.unknown;
    const own = ({ video }: Told): boolean => video.category === name;
    return {
      name,
      ...lagFrom(
        { onlineStartSec, rankedStartSec },
        {
          online: categorySpans(told.online.filter(own), onlineStartSec, all.online),
          ranked: categorySpans(told.ranked.filter(own), rankedStartSec, all.ranked),
        },
        base.lag,
      ),
    };
  });
  return { ...lagFrom({ onlineStartSec: online.unknown, rankedStartSec: ranked.unknown }, all, base.lag), categories };
}

/** Of bounds that no label tells, the base model's. */
function lagFrom(
  starts: Pick<Lag, 'onlineStartSec' | 'rankedStartSec'>,
  { online, ranked }: { readonly online: Spans | null; readonly ranked: Spans | null },
  base: Lag,
): Lag {
  const { startErrorSec, endErrorSec } = online ?? base;
  return {
    ...starts,
    onlineEndSec: endLag(online?.endSec ?? base.onlineEndSec, starts.onlineStartSec),
    rankedEndSec: endLag(ranked?.endSec ?? base.rankedEndSec, starts.rankedStartSec),
    ...(startErrorSec === undefined ? {} : { startErrorSec: tenth(startErrorSec) }),
    ...(endErrorSec === undefined ? {} : { endErrorSec: tenth(endErrorSec) }),
  };
}

/**
 * A model from labelled videos, in two rounds: the features are fitted to when chat told of the labels, the thresholds to
 * the wish, the lags to what the model then tells of and to people's decisions. What the videos can't teach is the base model's.
 */
export function fitModel(base: Model, lessons: Lessons): Model {
  const { videos, decisions } = lessons;
  const { calibration: _, training: __, ...kept } = base;
  let model: Model = kept;
  let lagSec = (_category: string): number => firstLagSec;
  for (let round = 0; round < 2; round += 1) {
    const { intercept, features } = fitFeatures(base, lessons, lagSec);
    const fitted = { ...model, intercept: rounded(intercept), features: features.map(roundedTerm) };
    model = fitThreshold(base, fitted, videos);
    model = { ...model, lag: fitLags(base, model, videos) };
    const { lag } = model;
    lagSec = (category) => {
      const { onlineStartSec, rankedStartSec } = lagOf(lag, category);
      return Math.round((onlineStartSec + rankedStartSec) / 2);
    };
  }
  model = withSignals({ ...model, ranking: fitRanking(model, videos) });
  const lag = fitLags(base, model, videos);
  const channels = decisions.length === 0 ? base.lag.channels : channelLags(decisions, lag);
  return { ...model, lag: channels === undefined ? lag : { ...lag, channels } };
}

/**
 * With the weights that were set by hand, in proportion to how far a usual second lies below the threshold: a trusted
 * person's marker is a highlight in a quiet chat, whatever the scale of the score.
 */
function withSignals(model: Model): Model {
  const scale = (model.threshold - model.intercept) / handScale;
  const signals = [...handWeights].filter(([, weight]) => weight !== 0);
  const terms = signals.map(([name, weight]) => roundedTerm({ name, mean: 0, scale: 1, weight: weight * scale }));
  return { ...model, features: [...model.features, ...terms] };
}

const roundedTerm = (term: Model['features'][number]): Model['features'][number] => ({
  name: term.name,
  mean: rounded(term.mean),
  scale: rounded(term.scale),
  weight: rounded(term.weight),
});
