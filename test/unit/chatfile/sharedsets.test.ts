import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { counts, readFile } from './reading.ts';

const folder = join(import.meta.dirname, '../../../../shared/data');

describe.skipIf(!existsSync(folder))('real chat in ../shared/data', () => {
  const files = globSync('*/*.chat.tsv.gz', { cwd: folder });

  test('every message of every set is imported, none is damaged', async () => {
    expect(files.length).toBeGreaterThan(80);
    for (const name of files) {
      const { format, items } = await readFile(join(folder, name));
      expect({ name, format, kinds: Object.keys(counts(items)) }).toEqual({ name, format: 'tsv', kinds: ['chat'] });
    }
  });
});
