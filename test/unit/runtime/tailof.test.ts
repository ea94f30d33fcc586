import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tailOf } from '../../../src/runtime/tail/wanted.ts';
import { archiveOf } from '../../support/archiveviews.ts';

const view = (shapes: Parameters<typeof archiveOf>[0], windowMs: number | null) => {
  const archive = archiveOf(shapes);
  return { ...archive, segments: archive.segments.map((segment) => ({ ...segment, windowMs })) };
};

it('is what the last seconds need of a playlist that is shorter than that, without gaps and what has no length', () => {
  const shapes = [{}, {}, { gap: true }, { seconds: 0 }, { seconds: 3 }, {}];
  const numbers = (windowMs: number | null) => tailOf(view(shapes, windowMs), 6).map(({ sequence }) => sequence);
  expect(numbers(5_999)).toEqual([4, 5]);
  expect(numbers(6_000)).toEqual([]);
  expect(numbers(null)).toEqual([]);
  expect(tailOf(view([], 1), 6)).toEqual([]);
  expect(tailOf(view(shapes, 1), 8).map(({ sequence }) => sequence)).toEqual([1, 4, 5]);
});

it('covers the last seconds of any archive, and no segment more', () => {
  const shape = fc.record({ seconds: fc.integer({ min: 0, max: 10 }) });
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1 }), fc.integer({ min: 1, max: 60 }), (shapes, seconds) => {
      const archive = view(shapes, 0);
      const endMs = shapes.reduce((sum, one) => sum + one.seconds * 1000, 0);
      const expected = archive.segments.filter(
        ({ startMs, durationMs }) => durationMs > 0 && startMs + durationMs > endMs - seconds * 1000,
      );
      expect(tailOf(archive, seconds)).toEqual(expected);
    }),
  );
});
