import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { better, type Candidate } from '../../../src/domain/scoring/candidate.ts';
import { vectorLength } from '../../../src/domain/scoring/features.ts';
import { Peaks } from '../../../src/domain/scoring/peaks.ts';
import { Separation } from '../../../src/domain/scoring/separation.ts';

const vector = new Float32Array(vectorLength);
const candidate = (second: number, score: number): Candidate => ({ second, score, emitted: null, vector, terms: [] });

/** The 50 best, each at least 120 s from all better ones, with everything at hand. */
function greedy(all: readonly Candidate[]): Candidate[] {
  const chosen: Candidate[] = [];
  for (const one of [...all].sort(better)) {
    if (chosen.every((other) => Math.abs(other.second - one.second) >= 120)) chosen.push(one);
  }
  return chosen.slice(0, 50);
}

const series = (most: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 6, max: 90 }), fc.integer({ min: 0, max: 60 })), { maxLength: most })
    .map((steps) => {
      let second = 0;
      return steps.map(([gap, score]) => {
        second += gap;
        return candidate(second, score / 10);
      });
    });

describe('the ranking, kept in bounded memory', () => {
  it('is the greedy choice over the whole broadcast', () => {
    fc.assert(
      fc.property(series(400), (all) => {
        const separation = new Separation();
        for (const one of all) separation.add(one);
        expect(separation.finish()).toEqual(greedy(all));
      }),
      { numRuns: 150 },
    );
  });

  it('is the same when it is written out and read back in between', () => {
    fc.assert(
      fc.property(series(80), (all) => {
        let separation = new Separation();
        for (const one of all) {
          separation.add(one);
          const out = new ByteWriter();
          separation.write(out);
          separation = Separation.read(new ByteReader(out.finish()));
        }
        expect(separation.finish()).toEqual(greedy(all));
      }),
      { numRuns: 20 },
    );
  });

  it('stays small in the worst case, ever higher maxima for hours', () => {
    const separation = new Separation();
    for (let i = 0; i < 5000; i += 1) separation.add(candidate(i * 6, i));
    const out = new ByteWriter();
    separation.write(out);
    expect(out.finish().length).toBeLessThan(10_000);
  });
});

describe('local maxima', () => {
  it('each is the highest of 5 s to either side, of equal ones the first', () => {
    const scores = [0, 1, 0, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4];
    const peaks = new Peaks();
    const found: number[] = [];
    for (const [second, score] of scores.entries()) {
      const peak = peaks.close(score, () => candidate(second, score));
      if (peak !== null) found.push(peak.second);
    }
    const last = peaks.finish();
    expect([...found, last?.second]).toEqual([3, 17]);
  });
});
