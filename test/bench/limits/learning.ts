import { setImmediate } from 'node:timers/promises';
import { rankingFigures } from '../../../src/domain/quality/figures.ts';
import { hash32 } from '../../../src/domain/scoring/hash.ts';
import type { Model } from '../../../src/domain/scoring/model.ts';
import { fitModel } from '../../../src/domain/tuning/fitmodel.ts';
import { bySet } from '../../../src/domain/tuning/setweights.ts';
import type { TrainingVideo } from '../../../src/domain/tuning/trainingvideo.ts';
import { aimOf } from './aims.ts';
import { deviation, markdown, mean, share } from './markdown.ts';
import { onlineAtRate, rankedOf, type Scored, scoredBy } from './scored.ts';

const folds = 5;
const shares = [0.25, 0.5, 0.75, 1] as const;
const names = ['P@5', 'P@10', 'R@10', 'R@20', 'P on air', 'R on air'] as const;
type Figures = Readonly<Record<(typeof names)[number], number>>;

/** The videos in an order that follows from a seed. */
const shuffled = (videos: readonly TrainingVideo[], seed: string): readonly TrainingVideo[] =>
  [...videos].sort((a, b) => hash32(`${seed} ${a.id}`) - hash32(`${seed} ${b.id}`) || (a.id < b.id ? -1 : 1));

/** All videos, each scored by a model made from a share of those that are kept in with it. */
async function drawn(base: Model, videos: readonly TrainingVideo[], draw: number, part: number): Promise<Scored[]> {
  const place = new Map<TrainingVideo, number>();
  for (const set of bySet(videos)) {
    for (const [i, video] of shuffled(set, `draw ${draw}`).entries()) place.set(video, i % folds);
  }
  const scored: Scored[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    await setImmediate();
    const kept = videos.filter((video) => place.get(video) === fold);
    const others = videos.filter((video) => place.get(video) !== fold);
    const learned = bySet(others).flatMap((set) =>
      shuffled(set, `draw ${draw} fold ${fold}`).slice(0, Math.ceil(part * set.length)),
    );
    scored.push(...scoredBy({ model: fitModel(base, { videos: learned, decisions: [] }), videos: kept }));
  }
  return scored;
}

function figuresOf(videos: readonly Scored[], set: string): Figures {
  const { onlinePrecision, onlineRecall } = onlineAtRate(videos, aimOf(set).online.perHour);
  return { ...rankingFigures(videos.map(rankedOf)), 'P on air': onlinePrecision, 'R on air': onlineRecall };
}

/** What models made from more and more of the videos make of those that were kept out: mean and deviation of the draws. */
export async function learningCurve(
  base: Model,
  videos: readonly TrainingVideo[],
  sets: readonly string[],
  draws: number,
  onStep: (what: string) => void,
): Promise<string> {
  const found = new Map<string, Figures[]>();
  for (let draw = 0; draw < draws; draw += 1) {
    for (const part of shares) {
      onStep(`learning curve: draw ${draw + 1} of ${draws}, ${100 * part} %`);
      const scored = await drawn(base, videos, draw, part);
      for (const [place, set] of sets.entries()) {
        const own = scored.filter(({ video }) => video.set === place);
        const key = `${set} ${part}`;
        found.set(key, [...(found.get(key) ?? []), figuresOf(own, set)]);
      }
    }
  }
  const shown = (values: readonly number[]): string => `${share(mean(values))} ± ${share(deviation(values))}`;
  const rows = sets.flatMap((set) => {
    const of = (part: number): readonly Figures[] => found.get(`${set} ${part}`) ?? [];
    const doubled = names.map((name) => {
      const gains = of(1).map((all, draw) => all[name] - (of(0.5)[draw]?.[name] ?? 0));
      return `${mean(gains) < 0 ? '-' : '+'}${share(Math.abs(mean(gains)))} ± ${share(deviation(gains))}`;
    });
    return [
      ...shares.map((part) => [
        `${set}, ${100 * part} %`,
        ...names.map((name) => shown(of(part).map((one) => one[name]))),
      ]),
      [`${set}, 50 to 100 %`, ...doubled],
    ];
  });
  return markdown(['set, share of the videos', ...names], rows);
}
