import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base36 } from '../../../src/stages/ingest/base36.ts';

test('numbers to the base of 36 are as JavaScript writes them', () => {
  for (const value of [0, 1, 35, 36, 1295, 1296, 2 ** 31, 2 ** 32, 2 ** 53 - 1]) {
    expect(base36(value)).toBe(value.toString(36));
  }
  fc.assert(fc.property(fc.maxSafeNat(), (value) => base36(value) === value.toString(36)));
});
