import type { KeySpec } from './keyspec.ts';
import { size, text } from './values.ts';

/** The data folder, and how much may be in it. */
export const dataKeys = {
  dataDir: {
    schema: text.default('.cliptide'),
    type: 'path',
    description: 'Folder that holds the log, the results, the media cache and the clips. One process owns it.',
  },
  dataCapBytes: {
    schema: size(1).default(20e9),
    type: 'size',
    description: 'Most that the data folder may hold, in allocated blocks; with less than 100 MB nothing is begun.',
  },
  freeSpaceFloorBytes: {
    schema: size(0).default(2 ** 30),
    type: 'size',
    description: 'Free space that is left on the disk, whatever the cap allows.',
  },
  cacheCapBytes: {
    schema: size(1e6).optional(),
    type: 'size',
    description:
      'Most that the media cache may hold; it counts towards dataCapBytes, of which it is a quarter without it.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;
