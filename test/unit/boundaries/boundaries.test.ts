import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseBoundaries, maxLengthMs, maxMoveMs, minLengthMs } from '../../../src/domain/boundaries.ts';

const moment = { startMs: 100_000, peakMs: 112_000, endMs: 125_000, earliestMs: 70_000, latestMs: 155_000 };
const nothing = { silences: [], sceneCuts: [] };

describe('boundaries', () => {
  it('are the estimate where nothing was found or looked for', () => {
    for (const findings of [null, nothing]) {
      expect(chooseBoundaries(moment, findings)).toMatchObject({ startMs: 100_000, endMs: 125_000 });
    }
  });

  it('lie in a silence nearby, so that no sound is cut, and say so', () => {
    const silences = [
      { fromMs: 97_000, toMs: 98_500 },
      { fromMs: 126_000, toMs: 127_000 },
    ];
    const chosen = chooseBoundaries(moment, { silences, sceneCuts: [] });
    expect(chosen).toMatchObject({ startMs: 98_350, endMs: 126_150 });
    expect(chosen.reasons).toEqual([
      'start before the sound sets in (1.6 s earlier)',
      'end after the sound has died away (1.1 s later)',
    ]);
  });

  it('rather lie outward than take from the moment', () => {
    const sceneCuts = [98_900, 101_000];
    expect(chooseBoundaries(moment, { silences: [], sceneCuts }).startMs).toBe(98_900);
  });

  it('do not follow a cut that is far away', () => {
    expect(chooseBoundaries(moment, { silences: [], sceneCuts: [80_000] }).startMs).toBe(100_000);
  });

  it('make a moment that is too short longer, and one that is too long shorter around its peak', () => {
    const short = chooseBoundaries({ ...moment, startMs: 110_000, endMs: 113_000 }, null);
    expect(short.endMs - short.startMs).toBe(minLengthMs);
    const long = chooseBoundaries({ ...moment, startMs: 80_000, endMs: 150_000, peakMs: 90_000 }, null);
    expect(long.endMs - long.startMs).toBe(maxLengthMs);
    expect(long.startMs).toBeLessThanOrEqual(90_000);
  });
});

it('never leave their bounds, never move more than 30 s, and keep the length where they can', () => {
  const time = fc.integer({ min: 0, max: 200_000 });
  const silence = fc
    .tuple(time, fc.integer({ min: 0, max: 20_000 }))
    .map(([fromMs, long]) => ({ fromMs, toMs: fromMs + long }));
  const findings = fc.option(fc.record({ silences: fc.array(silence), sceneCuts: fc.array(time) }));
  const moments = fc.tuple(time, time, time, time, time).map((times) => {
    const [earliestMs = 0, startMs = 0, peakMs = 0, endMs = 0, latestMs = 0] = times.sort((a, b) => a - b);
    return { earliestMs, startMs, peakMs, endMs, latestMs };
  });
  fc.assert(
    fc.property(moments, findings, (given, found) => {
      const { startMs, endMs } = chooseBoundaries(given, found);
      expect(startMs).toBeGreaterThanOrEqual(given.earliestMs);
      expect(endMs).toBeLessThanOrEqual(given.latestMs);
      expect(endMs).toBeGreaterThanOrEqual(startMs);
      expect(Math.abs(startMs - given.startMs)).toBeLessThanOrEqual(maxMoveMs);
      expect(Math.abs(endMs - given.endMs)).toBeLessThanOrEqual(maxMoveMs);
      expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
      const estimated = given.endMs - given.startMs;
      if (estimated >= minLengthMs && estimated <= maxLengthMs) {
        expect(endMs - startMs).toBeGreaterThanOrEqual(minLengthMs);
        expect(endMs - startMs).toBeLessThanOrEqual(maxLengthMs);
      }
    }),
  );
});
