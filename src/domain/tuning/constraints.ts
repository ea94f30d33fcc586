import type { FeatureName } from '../scoring/features.ts';

/**
 * Which way a feature may count: `more` or less of it speaks for a moment. Signs keep a model that is fitted to few games
 * from turning a reaction into its opposite. What chat sets cannot teach, since they hold chat only, has a weight that was
 * set by hand (a number) for a score whose threshold lies `handScale` above that of a usual second.
 */
export const constraints: Readonly<Record<FeatureName, 'more' | 'less' | number>> = {
  rank_10: 'more',
  slope_15: 'more',
  react_10: 'more',
  hype_10: 'more',
  hype_20: 'more',
  laugh_20: 'more',
  caps_10: 'more',
  words_15: 'less',
  hype_share_30: 'more',
  burst_share_30: 'less',
  rate_10: 'more',
  victory_20: 'more',
  blame_20: 'more',
  banter_20: 'less',
  address_share_30: 'less',
  clip_20: 'more',
  raid: -1.5,
  support: 0,
  viewers: 0.05,
  markers: 1,
  support_rarity: 0.1,
  mode_shift: -0.6,
  start: -0.1,
  unread: 0.9,
};

/** As in f10-1, for which the weights were set. */
export const handScale = 2.324;

/** The features whose weight was set by hand, with it. */
export const handWeights: ReadonlyMap<string, number> = new Map(
  Object.entries(constraints).flatMap(([name, constraint]): [string, number][] =>
    typeof constraint === 'number' ? [[name, constraint]] : [],
  ),
);
