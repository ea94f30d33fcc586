import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffHighlights, type FoundHighlight } from '../../src/domain/rundiff.ts';

const found = (peakSec: number, over: Partial<FoundHighlight> = {}): FoundHighlight => ({
  highlightId: `${over.model ?? 'm'} ${peakSec}`,
  peakMs: peakSec * 1_000,
  score: 1,
  threshold: 0.2,
  model: 'm',
  contributions: { intercept: -2, hype: 3 },
  ...over,
});
const kindsOf = (a: readonly FoundHighlight[], b: readonly FoundHighlight[]): string[] =>
  diffHighlights(a, b).map(({ kind }) => kind);
const some = fc
  .uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 12 })
  .map((peaks) => peaks.sort((x, y) => x - y).map((peak) => found(peak)));

describe('what changed from run to run', () => {
  it('is every highlight of both, once, and nothing where both are equal', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const changes = diffHighlights(a, b);
        expect(changes.flatMap((change) => change.a ?? []).sort(byPeak)).toEqual(a);
        expect(changes.flatMap((change) => change.b ?? []).sort(byPeak)).toEqual(b);
        expect(diffHighlights(a, a).every(({ kind, features }) => kind === 'same' && features.length === 0)).toBe(true);
      }),
    );
  });

  it('is the same the other way round, with gained for lost', () => {
    const turned: Readonly<Record<string, string>> = { gained: 'lost', lost: 'gained', moved: 'moved', same: 'same' };
    fc.assert(
      fc.property(some, some, (a, b) => {
        const there = diffHighlights(a, b).map(({ kind, a: one, b: other }) => [kind, one?.peakMs, other?.peakMs]);
        const back = diffHighlights(b, a).map(({ kind, a: one, b: other }) => [
          turned[kind],
          other?.peakMs,
          one?.peakMs,
        ]);
        const text = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
        expect(text(back)).toEqual(text(there));
      }),
    );
  });

  it('takes the nearest within half a minute for the same moment, whatever its id', () => {
    const other = { model: 'n' };
    expect(kindsOf([found(100)], [found(100, other)])).toEqual(['same']);
    expect(kindsOf([found(100)], [found(130, other)])).toEqual(['moved']);
    expect(kindsOf([found(100)], [found(131, other)])).toEqual(['lost', 'gained']);
    const [moved, gained] = diffHighlights([found(100)], [found(98, other), found(125, other)]);
    expect([moved?.b?.peakMs, gained?.kind]).toEqual([98_000, 'gained']);
  });

  it('names the features that made the difference, the greatest first', () => {
    const one = found(100, { contributions: { intercept: -2, hype: 3, caps: 1, raid: 0.5 } });
    const two = found(100, { contributions: { intercept: -2, hype: 2.5, caps: 3, laugh: -1 } });
    expect(diffHighlights([one], [two])[0]?.features).toEqual([
      { name: 'caps', a: 1, b: 3, difference: 2 },
      { name: 'laugh', a: 0, b: -1, difference: -1 },
      { name: 'hype', a: 3, b: 2.5, difference: -0.5 },
      { name: 'raid', a: 0.5, b: 0, difference: -0.5 },
    ]);
    expect(diffHighlights([], [two])[0]).toMatchObject({
      kind: 'gained',
      features: [{ name: 'caps', b: 3 }, {}, {}, {}],
    });
  });
});

const byPeak = (x: FoundHighlight, y: FoundHighlight): number => x.peakMs - y.peakMs;
