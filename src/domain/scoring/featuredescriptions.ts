import type { FeatureName, RankingName } from './features.ts';

/** A feature in words, for people who ask why a moment was found. */
export interface FeatureDescription {
  /** What is more or less of, such as "laughter": "SUBJECT far above REFERENCE" is a sentence. */
  readonly subject: string;
  /** What it is held against. */
  readonly reference: string;
  /** What the number says, with its window and its unit. */
  readonly measures: string;
}

const chat = 'what this chat usually has';
/** As `Baseline.surprise` has it. */
const surprise = 'asinh of deviations from chance';

/** Every feature has one: a new name in `features.ts` does not compile without. */
export const featureDescriptions: Readonly<Record<FeatureName | RankingName, FeatureDescription>> = {
  rank_10: {
    subject: 'the number of messages',
    reference: chat,
    measures: 'messages of 10 s: -ln of the share of all seconds with more',
  },
  slope_15: {
    subject: 'the rise of the message rate',
    reference: chat,
    measures: 'ln(messages of 15 s / of the 15 s before)',
  },
  react_10: { subject: 'reactions', reference: chat, measures: `messages of 10 s with a reaction, ${surprise}` },
  hype_10: {
    subject: 'hype of the last 10 s',
    reference: chat,
    measures: `messages of 10 s with hype, ${surprise}`,
  },
  hype_20: {
    subject: 'hype of the last 20 s',
    reference: chat,
    measures: `messages of 20 s with hype, ${surprise}`,
  },
  laugh_20: { subject: 'laughter', reference: chat, measures: `messages of 20 s that laugh, ${surprise}` },
  caps_10: { subject: 'messages in capitals', reference: chat, measures: `messages of 10 s in capitals, ${surprise}` },
  words_15: {
    subject: 'the length of messages',
    reference: chat,
    measures: 'words a message of 15 s, less those of 10 minutes, by 4',
  },
  hype_share_30: {
    subject: 'the share of hype',
    reference: chat,
    measures: 'messages of 30 s with hype: share, less that of 10 minutes',
  },
  burst_share_30: {
    subject: 'the share of messages with words that come in bursts',
    reference: chat,
    measures: 'messages of 30 s with a word far above its own rate: share, less that of 10 minutes',
  },
  rate_10: {
    subject: 'the message rate',
    reference: chat,
    measures: `messages of 10 s, ${surprise}`,
  },
  victory_20: {
    subject: 'words of winning',
    reference: chat,
    measures: `messages of 20 s with a word of winning, ${surprise}`,
  },
  blame_20: {
    subject: 'words of failing and blame',
    reference: chat,
    measures: `messages of 20 s with a word of blame, ${surprise}`,
  },
  banter_20: {
    subject: 'emotes of banter and irony',
    reference: chat,
    measures: `messages of 20 s with such an emote, ${surprise}`,
  },
  address_share_30: {
    subject: 'the share of messages that speak to somebody',
    reference: chat,
    measures: 'messages of 30 s with "you", "me", "please" and the like: share, less that of 10 minutes',
  },
  raid: {
    subject: 'the arrival of raiders',
    reference: 'the usual (none)',
    measures: '4 while many arrive, then fading: they write without a moment',
  },
  support: {
    subject: 'support (subscriptions, gifts, payments)',
    reference: "this broadcast's own rate",
    measures: `support of 15 s, ${surprise}, 0 to 4`,
  },
  viewers: {
    subject: 'the viewer count',
    reference: 'its mean of the last 5 minutes',
    measures: '20 ln(viewers / mean of 5 minutes), -4 to 4',
  },
  markers: {
    subject: 'markers and clip commands',
    reference: 'the usual (none)',
    measures: '4 for one of a trusted person, up to 1 for all others',
  },
  support_rarity: {
    subject: 'support that is rare here',
    reference: "this broadcast's own rate",
    measures: `support of 15 s, each piece weighed by how rare its kind and size are in this broadcast, ${surprise}, 0 to 4`,
  },
  mode_shift: {
    subject: 'the chat that its mode lets expect',
    reference: 'what the features expect',
    measures: `what a change of the chat's mode alone adds to 10 s, ${surprise}, -2 to 4`,
  },
  start: {
    subject: 'the nearness of the start',
    reference: 'the usual (none)',
    measures: '4 until 30 s after the start, then fading for 60 s: people greet without a moment',
  },
  unread: {
    subject: 'reactions that no list has',
    reference: 'the usual (none)',
    measures: '1 where no message of the last minutes holds a reaction of the lists, 0 from 3 % of the messages on',
  },
  messages_10: {
    subject: 'the number of messages',
    reference: 'none at all',
    measures: 'ln(1 + messages of 10 s); counts in the ranking only',
  },
  clip_20: {
    subject: 'calls for a clip',
    reference: chat,
    measures: `messages of 20 s that ask for a clip, ${surprise}`,
  },
  around_30: {
    subject: 'the number of messages around it',
    reference: 'none at all',
    measures: 'ln(1 + messages from 15 s before to 15 s after); counts in the ranking only',
  },
  clip_requests_80: {
    subject: 'calls for a clip in the minute after it',
    reference: chat,
    measures: `messages from 20 s before to 60 s after that ask for a clip, ${surprise}; counts in the ranking only`,
  },
};
