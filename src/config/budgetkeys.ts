import type { KeySpec } from './keyspec.ts';
import { dollars, size, whole } from './values.ts';

/** What a channel may keep and spend where its own settings do not say: see `cliptide budget`. */
export const budgetKeys = {
  'budget.clipBytes': {
    schema: size(1e6).optional(),
    type: 'size',
    description:
      "Most that a channel's stored clips may take: the oldest go for a new one. All share the rest without.",
  },
  'budget.clipCount': {
    schema: whole(1, 1e9).optional(),
    type: 'number',
    description: 'Most clips that are stored of a channel: the oldest go for a new one. No bound unless given.',
  },
  'budget.clipDays': {
    schema: whole(1, 36_500).optional(),
    type: 'number',
    description: 'Days after which a stored clip goes. None goes for its age unless given.',
  },
  'budget.fetchedBytesPerHour': {
    schema: size(0).default(100e9),
    type: 'size',
    description: 'Most bytes of media that are fetched for a channel in an hour of UTC.',
  },
  'budget.renderSecondsPerDay': {
    schema: whole(0, 1e9).default(345_600),
    type: 'number',
    description:
      'Most seconds of CPU that renders for a channel may take in a day of UTC; four cores all day by default.',
  },
  'budget.llmTokensPerDay': {
    schema: whole(0, 1e12).default(1_000_000),
    type: 'number',
    description:
      'Most tokens, of requests and answers together, that LLM calls for a channel may take in a day of UTC.',
  },
  'budget.llmCostPerDay': {
    schema: dollars(1e6).default(1),
    type: 'number',
    description: 'Most that LLM calls for a channel may cost in a day of UTC, in US dollars such as `2.50`.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;
