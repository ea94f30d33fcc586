import { intervals } from '../../../src/domain/quality/bootstrap.ts';
import { onlineFigures, rankingFigures } from '../../../src/domain/quality/figures.ts';
import { isHit } from '../../../src/domain/quality/labels.ts';
import { hitCount, type JudgedVideo, labelsHit, sum } from '../../../src/domain/quality/predictions.ts';
import { startOf } from '../../../src/domain/scoring/lag.ts';
import type { Model } from '../../../src/domain/scoring/model.ts';
import { fitModel } from '../../../src/domain/tuning/fitmodel.ts';
import type { Aim } from './aims.ts';
import { anyStart, type Bound, bound, isHitAnyhow, lags, peakStarts } from './bounds.ts';
import { markdown, mean, percent, share } from './markdown.ts';
import { atRate, rankedOf, rankedWith, type Scored, scoredBy } from './scored.ts';

/** One set's videos, each scored by a model that has not seen it. */
export interface KeptOut {
  readonly name: string;
  readonly aim: Aim;
  readonly videos: readonly Scored[];
}

const names = ['P@5', 'P@10', 'R@10', 'R@20'] as const;
const mostPicks = 20;
type Row = Readonly<Record<(typeof names)[number], number>>;
const cells = (row: Row): string[] => names.map((name) => share(row[name]));

/** Figures, each by the lag that is best for it. */
function bestOf(videos: readonly Scored[], perVideo: boolean): Row {
  const labels = sum(videos.map(({ video }) => video.labels.length));
  const tried = videos.map((one) => lags.map((lag) => rankedWith(one, lag)));
  const best = (value: (video: JudgedVideo) => number): number => {
    const values = tried.map((byLag) => byLag.map(value));
    if (perVideo) return sum(values.map((one) => Math.max(...one)));
    return Math.max(...lags.map((_, i) => sum(values.map((one) => one[i] ?? 0))));
  };
  const precision = (k: number): number =>
    best((video) => hitCount(video, video.predictions.slice(0, k)) / k) / videos.length;
  const recall = (k: number): number => best((video) => labelsHit(video, video.predictions.slice(0, k))) / labels;
  return { 'P@5': precision(5), 'P@10': precision(10), 'R@10': recall(10), 'R@20': recall(20) };
}

/** The lag with which most of the other picks of a video hit, the nearest to the model's of equal ones. */
function lagByOthers({ video, ranked, lag }: Scored, pick: number): number {
  const others = ranked.slice(0, mostPicks).filter((_, i) => i !== pick);
  const hitsBy = lags.map((sec) => count(others, (second) => isHit(video.rule, video.labels, startOf(second, sec))));
  const most = Math.max(...hitsBy);
  const equal = lags.filter((_, i) => hitsBy[i] === most);
  return equal.reduce((a, b) => (Math.abs(b - lag.rankedStartSec) < Math.abs(a - lag.rankedStartSec) ? b : a));
}

/** Every pick with the lag that a person's judgement of the other picks of its video would teach. */
function taught(videos: readonly Scored[]): Row {
  const told = videos.map((one): JudgedVideo => {
    const predictions = one.ranked.slice(0, mostPicks).map(({ second, score }, pick) => {
      return { startSec: startOf(second, lagByOthers(one, pick)), score };
    });
    return { ...one.video, predictions };
  });
  const labels = sum(told.map((video) => video.labels.length));
  const precision = (k: number): number =>
    mean(told.map((video) => hitCount(video, video.predictions.slice(0, k)) / k));
  const recall = (k: number): number =>
    sum(told.map((video) => labelsHit(video, video.predictions.slice(0, k)))) / labels;
  return { 'P@5': precision(5), 'P@10': precision(10), 'R@10': recall(10), 'R@20': recall(20) };
}

/** Every pick with the lag that is best for it. */
function anyLag(videos: readonly Scored[]): Row {
  const labels = sum(videos.map(({ video }) => video.labels.length));
  const precision = (k: number): number =>
    mean(videos.map(({ video, ranked }) => count(ranked.slice(0, k), (p) => isHitAnyhow(video, video.labels, p)) / k));
  const recall = (k: number): number =>
    sum(
      videos.map(({ video, ranked }) => {
        const seconds = ranked.slice(0, k).map(({ second }) => second);
        return video.labels.filter((label) => seconds.some((second) => isHitAnyhow(video, [label], second))).length;
      }),
    ) / labels;
  return { 'P@5': precision(5), 'P@10': precision(10), 'R@10': recall(10), 'R@20': recall(20) };
}

const count = (peaks: readonly { readonly second: number }[], is: (second: number) => boolean): number =>
  peaks.filter(({ second }) => is(second)).length;

function chosen(videos: readonly Scored[], boundOf: (one: Scored) => Bound): Row {
  const labels = sum(videos.map(({ video }) => video.labels.length));
  const bounds = videos.map(boundOf);
  const precision = (k: number): number => mean(bounds.map((one) => one.hitsOf(k) / k));
  const recall = (k: number): number => sum(bounds.map((one) => one.labelsOf(k))) / labels;
  return { 'P@5': precision(5), 'P@10': precision(10), 'R@10': recall(10), 'R@20': recall(20) };
}

/** Rankings by models and by people who know more than a model can. */
export function rankings({ name, aim, videos }: KeptOut, base: Model, shipped: Model): string {
  const plain = videos.map(({ video }) => video);
  const figures = (list: readonly Scored[]): Row => rankingFigures(list.map(rankedOf));
  const around = intervals(videos, names, figures);
  const rows: [string, string[]][] = [
    ['aim', names.map((figure) => (figure in aim.figures ? share(aim.figures[figure as 'P@5'] ?? 0) : ''))],
    ['model, videos kept out', cells(figures(videos))],
    ['- its 95 % interval', names.map((figure) => (around[figure] ?? []).map(share).join(' - '))],
    ['model that ships, on what it was made from', cells(figures(scoredBy({ model: shipped, videos: plain })))],
    [
      'made from this set only, on itself',
      cells(figures(scoredBy({ model: fitModel(base, { videos: plain, decisions: [] }), videos: plain }))),
    ],
    ['kept out, best lag of the set', cells(bestOf(videos, false))],
    ['kept out, lag of each video as its other picks teach it', cells(taught(videos))],
    ['kept out, best lag of each video', cells(bestOf(videos, true))],
    ['kept out, best lag of each pick', cells(anyLag(videos))],
    [
      'best choice of its maxima, its lag',
      cells(chosen(videos, (one) => bound(one.video, peakStarts(one, one.lag.rankedStartSec)))),
    ],
    ['best choice of all seconds', cells(chosen(videos, ({ video }) => bound(video, anyStart(video))))],
  ];
  const table = markdown(
    [name, ...names],
    rows.map(([title, values]) => [title, ...values]),
  );
  return `${table}\n${reach(videos)}\n`;
}

/** How many labels have a maximum that would hit. */
function reach(videos: readonly Scored[]): string {
  const labels = sum(videos.map(({ video }) => video.labels.length));
  const hours = sum(videos.map(({ video }) => video.lengthSec)) / 3600;
  const reached = (lagSec: (one: Scored) => number): number =>
    sum(
      videos.map((one) =>
        labelsHit(
          one.video as unknown as JudgedVideo,
          peakStarts(one, lagSec(one)).map((startSec) => ({ startSec, score: 0 })),
        ),
      ),
    );
  const own = reached((one) => one.lag.rankedStartSec);
  const perHour = sum(videos.map(({ peaks }) => peaks.length)) / hours;
  const few = videos.filter(({ video }) => bound(video, anyStart(video)).hitsOf(10) < 10).length;
  const isDouble = sum(
    videos.map(({ video }) => video.labels.length - new Set(video.labels.map(({ startSec }) => startSec)).size),
  );
  return [
    `${labels} labels (${(labels / hours).toFixed(1)} an hour, ${isDouble} with the start of another), `,
    `${perHour.toFixed(0)} maxima an hour; ${percent(own, labels)} of the labels have a maximum that hits with the model's lag. `,
    `${few} of ${videos.length} videos have no room for ten hits 120 s apart.`,
  ].join('');
}

/** What is told on air at a rate, and with lags that nobody knows beforehand. */
export function onAir(sets: readonly KeptOut[]): string {
  const rows = sets.map(({ name, aim, videos }) => {
    const { perHour, precision, recall } = aim.online;
    const judged = atRate(videos, perHour);
    const figures = onlineFigures(judged);
    const around = intervals(judged, ['onlinePrecision', 'onlineRecall'], onlineFigures);
    const range = (of: 'onlinePrecision' | 'onlineRecall'): string => (around[of] ?? []).map(share).join(' - ');
    const told = sum(judged.map(({ predictions }) => predictions.length));
    const hit = sum(judged.map((one) => hitCount(one, one.predictions)));
    const labels = sum(judged.map((one) => one.labels.length));
    const perHit = sum(judged.map((one) => labelsHit(one, one.predictions))) / Math.max(1, hit);
    const hours = sum(judged.map(({ lengthSec }) => lengthSec)) / 3600;
    const shifted = (lag: number): number[] => judged.map((one, i) => hitsWith(one, videos[i], lag));
    const byLag = lags.map(shifted);
    const bestSet = Math.max(...byLag.map(sum));
    const bestVideo = sum(judged.map((_, i) => Math.max(...byLag.map((values) => values[i] ?? 0))));
    return [
      name,
      perHour.toFixed(1),
      [precision, recall].map((value) => (value === undefined ? '' : share(value))).join(' / '),
      share(figures.onlinePrecision),
      range('onlinePrecision'),
      share(figures.onlineRecall),
      range('onlineRecall'),
      share(bestSet / told),
      share(bestVideo / told),
      perHit.toFixed(2),
      recall === undefined ? '' : share((recall * labels) / (perHour * hours * perHit)),
    ];
  });
  return markdown(
    [
      'set',
      'an hour',
      'aim P / R',
      'P',
      'interval',
      'R',
      'interval',
      'P, best lag of the set',
      'P, best lag of each video',
      'labels a hit',
      'P that the aimed R needs',
    ],
    rows,
  );
}

function hitsWith({ predictions, rule, labels }: JudgedVideo, from: Scored | undefined, lag: number): number {
  const own = from?.lag.onlineStartSec ?? 0;
  return predictions.filter(({ startSec }) => isHit(rule, labels, startOf(startSec + own, lag))).length;
}
