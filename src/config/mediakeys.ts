import type { KeySpec } from './keyspec.ts';
import { choice, size, whole } from './values.ts';

/** What is fetched of archives beyond what clips ask for, and what refinement looks at. */
export const mediaKeys = {
  'tail.seconds': {
    schema: whole(0, 3_600).default(120),
    type: 'number',
    description:
      'How long a live segment may be needed after it appeared. Of a playlist that lists less, so much is kept; 0: nothing.',
  },
  'tail.capBytes': {
    schema: size(1e6).default(90e6),
    type: 'size',
    description:
      "Most that one channel's tail may hold, which counts towards cacheCapBytes: 120 s at 6 Mb/s unless given.",
  },
  reviewHours: {
    schema: whole(0, 8_760).default(24),
    type: 'number',
    description:
      'Hours that the segments of a refined highlight stay in the cache until its clips are made or it is rejected; 0: none.',
  },
  mostBitsPerSecond: {
    schema: whole(1, 1_000_000_000).optional(),
    type: 'number',
    description:
      'Of a master playlist the best variant of at most so many bits a second is archived, by BANDWIDTH; the best unless given.',
  },
  refineBy: {
    schema: choice(['sound', 'picture']).default('sound'),
    type: 'choice',
    values: 'sound, picture',
    description:
      'What refinement looks at where a playlist offers sound alone: `sound` fetches less, `picture` also finds scene cuts.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;
