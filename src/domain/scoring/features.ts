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
  'rate_10',
  'victory_20',
  'blame_20',
  'banter_20',
  'address_share_30',
  'clip_20',
  'raid',
  'support',
  'viewers',
  'markers',
  'support_rarity',
  'mode_shift',
  'start',
  'unread',
] as const;
export type FeatureName = (typeof featureNames)[number];

/**
 * What only the ranking can weigh: `messages_10` is known at the maximum, the others only a minute after it
 * (`lookahead.ts`).
 */
export const rankingNames = ['messages_10', 'around_30', 'clip_requests_80'] as const;
export type RankingName = (typeof rankingNames)[number];

/** Every value of a vector in its place: the features, then what only the ranking uses. */
export const vectorNames: readonly (FeatureName | RankingName)[] = [...featureNames, ...rankingNames];
export const vectorLength = vectorNames.length;

export const placeOf = (name: FeatureName | RankingName): number => vectorNames.indexOf(name);

/**
 * The values of one second. Single precision, so that a stored candidate is exact in half the space; everything that is
 * computed from them is the same before and after a restart.
 */
export type FeatureVector = Float32Array;
