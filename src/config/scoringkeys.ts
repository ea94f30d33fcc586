import { z } from 'zod';
import type { KeySpec } from './keyspec.ts';
import { text, whole } from './values.ts';

/** How broadcasts are scored whose channels say nothing of it. */
export const scoringKeys = {
  highlightsPerHour: {
    schema: z
      .number({ error: 'must be a number' })
      .gt(0, { error: 'must be more than 0' })
      .max(60, { error: 'must be at most 60' })
      .default(7.5),
    type: 'number',
    description: 'How many highlights an hour are wished, for channels whose settings say nothing.',
  },
  latenessMs: {
    schema: whole(0, 60_000).default(2000),
    type: 'number',
    description: 'How late an event may be, in milliseconds of event time; scoring waits that long.',
  },
  scorers: {
    schema: z.array(text, { error: 'must be a list of files' }).default([]),
    type: 'list',
    values: 'paths of JSON files',
    description: 'Models of `cliptide tune`. The first scores what begins; the others go on with what they began.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;
