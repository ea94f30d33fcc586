import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Extent, endOf, isWithin, pieces, rangesOf, union } from '../../../src/domain/mp4/extents.ts';

const extents = fc.array(
  fc.record({ offset: fc.integer({ min: 0, max: 5_000_000 }), length: fc.integer({ min: 1, max: 20_000 }) }),
  { minLength: 1, maxLength: 60 },
);
const bytesOf = (all: readonly Extent[]): number => all.reduce((sum, { length }) => sum + length, 0);

it('ranges hold all extents, in order and apart, and little else unless there would be too many', () => {
  const slack = { bytes: 1000, share: 0.02, most: 8 };
  fc.assert(
    fc.property(extents, (wanted) => {
      const ranges = rangesOf(wanted, slack);
      expect(wanted.every((extent) => isWithin(ranges, extent))).toBe(true);
      expect(ranges.every((range, index) => index === 0 || range.offset > endOf(ranges[index - 1] ?? range))).toBe(
        true,
      );
      const apart = union(wanted);
      if (ranges.length > slack.most) expect(ranges.length).toBeLessThanOrEqual(apart.length);
      const wasted = bytesOf(ranges) - bytesOf(apart);
      if (apart.length <= slack.most) {
        expect(wasted).toBeLessThanOrEqual(bytesOf(apart) * slack.share + slack.bytes * apart.length);
      }
    }),
  );
});

it('closes the smallest holes first, but none of more than a mebibyte', () => {
  const near = Array.from({ length: 20 }, (_, k) => ({ offset: k * 100_000, length: 10_000 }));
  const far = { offset: 9_000_000, length: 1 };
  expect(rangesOf([...near, far], { bytes: 0, share: 0, most: 3 })).toHaveLength(3);
  const wide = near.map(({ length }, k) => ({ offset: k * 2_000_000, length }));
  expect(rangesOf(wide, { bytes: 0, share: 0, most: 3 })).toEqual(wide);
});

it('cuts what is long into pieces that follow on one another', () => {
  expect(pieces([{ offset: 5, length: 25 }], 10)).toEqual([
    { offset: 5, length: 10 },
    { offset: 15, length: 10 },
    { offset: 25, length: 5 },
  ]);
});
