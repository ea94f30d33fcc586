import fc from 'fast-check';
import { expect, it } from 'vitest';
import { coveringSegments } from '../../../src/adapters/fetch/covering.ts';
import { archiveOf } from '../../support/archiveviews.ts';

it('finds exactly the segments that a span touches', () => {
  const seconds = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(seconds, fc.nat(), fc.nat(), (durations, from, length) => {
      const view = archiveOf(durations.map((each) => ({ seconds: each })));
      const endMs = durations.reduce((sum, each) => sum + each, 0) * 1000;
      const fromMs = from % endMs;
      const toMs = fromMs + 1 + (length % (endMs - fromMs));
      const touched = view.segments.filter((one) => one.startMs < toMs && one.startMs + one.durationMs > fromMs);
      expect(coveringSegments(view, fromMs, toMs)).toEqual(touched);
    }),
  );
});
