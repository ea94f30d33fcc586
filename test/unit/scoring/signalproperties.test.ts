import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf, vectorLength } from '../../../src/domain/scoring/features.ts';
import { Seconds } from '../../../src/domain/scoring/seconds.ts';
import { Signals } from '../../../src/domain/scoring/signals.ts';
import { killedAt, kills, noKills, reread } from '../../support/restarts.ts';

describe('signals beside chat', () => {
  const report = fc.record({
    second: fc.nat({ max: 200 }),
    kind: fc.constantFrom('viewers', 'raid', 'support', 'marker'),
    amount: fc.oneof(fc.nat({ max: 2_000 }), fc.constantFrom(0, 1e9)),
  });
  type Report = typeof report extends fc.Arbitrary<infer T> ? T : never;

  /** The values of 260 seconds, from `first` on. */
  function values(reports: readonly Report[], first: number, killed: readonly boolean[]): number[][] {
    let signals = new Signals();
    return Array.from({ length: 260 }, (_, second) => {
      for (const { kind, amount } of reports.filter((one) => one.second === second)) {
        if (kind === 'viewers') signals.viewersAre(amount);
        else if (kind === 'raid') signals.raided(amount, first + second);
        else if (kind === 'support') signals.supported(amount);
        else signals.marked(amount > 1_000);
      }
      const vector = new Float32Array(vectorLength);
      signals.close(first + second, vector, new Seconds(), false);
      if (killedAt(killed, second)) signals = reread(signals, Signals.read);
      return [...vector.slice(placeOf('raid'), placeOf('start') + 1)];
    });
  }
  const reports = fc.array(report, { maxLength: 25, size: 'max' });

  it('stay within their bounds, are zero before the first report, and kills change nothing', () => {
    fc.assert(
      fc.property(reports, kills, (list, killed) => {
        const all = values(list, 0, killed);
        expect(all).toEqual(values(list, 0, noKills));
        const first = Math.min(260, ...list.map(({ second }) => second));
        expect(
          all
            .slice(0, first)
            .flat()
            .every((value) => value === 0),
        ).toBe(true);
        expect(all.flat().every((value) => value >= -4 && value <= 4)).toBe(true);
      }),
    );
  });

  it('move with the broadcast: whole seconds later, the same whole seconds later', () => {
    fc.assert(
      fc.property(reports, fc.oneof(fc.integer({ min: -300, max: 0 }), fc.nat({ max: 10_000_000 })), (list, shift) => {
        expect(values(list, shift, noKills)).toEqual(values(list, 0, noKills));
      }),
      { numRuns: 50 },
    );
  });
});
