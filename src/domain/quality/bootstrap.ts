import { percentile } from './figures.ts';

/** A figure's 95 % interval: lower and upper bound. */
export type Interval = readonly [number, number];

const resamples = 400;

/** A repeatable sequence of numbers from 0 to 1 (the generator of Numerical Recipes, its upper bits). */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Percentile bootstrap over videos (Efron 1979): the figures of resamples with replacement, since the moments of one video
 * go together. Equal input gives equal intervals. A figure that is null in a resample is left out of it. One video says
 * nothing of how much videos differ: its figures have no interval.
 */
export function intervals<Video, Name extends string>(
  videos: readonly Video[],
  names: readonly Name[],
  figures: (videos: readonly Video[]) => Readonly<Record<Name, number | null>>,
): Readonly<Record<Name, Interval | null>> {
  const next = sequence();
  const drawn = Array.from({ length: videos.length < 2 ? 0 : resamples }, () =>
    figures(videos.map((video) => videos[Math.floor(next() * videos.length)] ?? video)),
  );
  const entries = names.map((name): [Name, Interval | null] => {
    const values = drawn.map((sample) => sample[name]).filter((value) => value !== null);
    const low = percentile(values, 2.5);
    const high = percentile(values, 97.5);
    return [name, low === null || high === null ? null : [low, high]];
  });
  return Object.fromEntries(entries) as Record<Name, Interval | null>;
}
