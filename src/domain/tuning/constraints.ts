import type { FeatureName } from '../scoring/features.ts';

/**
 * Which way a feature may count. What chat sets cannot teach (they hold chat only) keeps the weight that was set by hand.
 * Signs keep a model that is fitted to few games from turning a reaction into its opposite.
 */
export const constraints: Readonly<Record<FeatureName, 'more' | 'less' | 'set'>> = {
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
  raid: 'set',
  support: 'set',
  viewers: 'set',
  markers: 'set',
};

const setByHand: ReadonlySet<string> = new Set(
  Object.entries(constraints).flatMap(([name, constraint]) => (constraint === 'set' ? [name] : [])),
);

export const isSetByHand = (name: string): boolean => setByHand.has(name);
