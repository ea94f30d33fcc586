import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countBefore, firstOfSpan } from '../../../src/domain/frametimes.ts';

/** Times of frames at uneven distances, in seconds. */
const film = fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 20, maxLength: 60 }).map((steps) => {
  let time = 0;
  return steps.map((step) => {
    time += step / 1000;
    return time;
  });
});

it('the frames of a span are the same whether all of a file is known or only the part that holds them', () => {
  const places = fc.tuple(film, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(5), fc.nat(5));
  fc.assert(
    fc.property(places, ([times, where, before, after]) => {
      const startSec = where * (times.at(-1) ?? 0);
      const endSec = startSec + 0.3;
      const [first, count] = [firstOfSpan(times, startSec, 0.04), countBefore(times, endSec)];
      fc.pre(count > first);
      const part = times.slice(Math.max(0, first - before), count + 1 + after);
      const chosen = part.slice(firstOfSpan(part, startSec, 0.04), countBefore(part, endSec));
      expect(chosen).toEqual(times.slice(first, count));
    }),
  );
});

it('a span begins with the frame nearest to its start, the earlier of two', () => {
  const times = [0, 0.04, 0.08];
  expect([0.01, 0.02, 0.021, 0.05, 0.09, 0.2].map((start) => firstOfSpan(times, start, 0.04))).toEqual([
    0, 0, 1, 1, 2, 3,
  ]);
});
