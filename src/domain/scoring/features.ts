/** Names of the features that a model can weigh, in the order in which they are held. Definitions: `curves.ts`, `signals.ts`. */
export const featureNames = [
  'rank_10',
  'slope_15',
  'react_10',
  'hype_10',
  'hype_20',
  'laugh_20',
  'caps_10',
  'words_15',
  'hype_share_30',
  'burst_share_30',
  'raid',
  'support',
  'viewers',
  'markers',
  'support_rarity',
  'mode_shift',
  'start',
] as const;
export type FeatureName = (typeof featureNames)[number];

/** What only the ranking adds to a score. */
export const rankingNames = ['messages_10', 'clip_20'] as const;
export type RankingName = (typeof rankingNames)[number];

/** Number of values in a vector: the features, then what only the ranking uses. */
export const vectorLength = featureNames.length + rankingNames.length;

/**
 * The values of one second. Single precision, so that a stored candidate is exact in half the space; everything that is
 * computed from them is the same before and after a restart.
 */
export type FeatureVector = Float32Array;
