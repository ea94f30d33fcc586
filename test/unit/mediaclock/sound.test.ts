import { describe, expect, it } from 'vitest';
import { soundOfSpan } from '../../../src/domain/mediaclock.ts';
import { archiveOf, type SegmentShape } from '../../support/archiveviews.ts';

/** An archive of ten seconds whose sound has these segments, the first of this number. */
function apart(picture: readonly SegmentShape[], sound: readonly SegmentShape[], from = 0, ended = true) {
  const segments = archiveOf(sound).segments.map((one) => ({ ...one, sequence: one.sequence + from }));
  return { ...archiveOf(picture, {}, ended), sound: segments };
}
const five: readonly SegmentShape[] = [{}, {}, {}, {}, {}];

describe('where the sound of a span lies', () => {
  it('is asked for with some slack, within what there is', () => {
    const found = soundOfSpan(apart(five, five), { fromMs: 3_000, toMs: 7_000 });
    expect(found).toMatchObject({ span: { fromMs: 2_500, toMs: 7_500 }, shiftMs: 0 });
    expect(found?.archive.segments[0]?.durationMs).toBe(2_000);
    expect(soundOfSpan(apart(five, five), { fromMs: 100, toMs: 10_000 })?.span).toEqual({ fromMs: 0, toMs: 10_000 });
    expect(soundOfSpan(archiveOf(five), { fromMs: 0, toMs: 1 })).toBeUndefined();
  });

  it('is told by date-times, else by the numbers of segments, where both were not seen from the same moment', () => {
    const dated = apart([{ at: 10 }, {}, {}], [{}, { at: 14 }, {}], 40);
    expect(soundOfSpan(dated, { fromMs: 3_000, toMs: 5_000 })).toMatchObject({
      shiftMs: 2_000,
      span: { fromMs: 500, toMs: 3_500 },
    });
    expect(soundOfSpan(apart(five, five, 2), { fromMs: 5_000, toMs: 6_000 })).toMatchObject({
      shiftMs: 4_000,
      span: { fromMs: 500, toMs: 2_500 },
    });
  });

  it('is waited for while the sound is behind the picture of a live archive', () => {
    const live = apart(five, five.slice(2), 0, false);
    expect(() => soundOfSpan(live, { fromMs: 4_000, toMs: 8_000 })).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
    expect(soundOfSpan(live, { fromMs: 1_000, toMs: 6_000 })?.span).toEqual({ fromMs: 500, toMs: 6_000 });
    expect(soundOfSpan({ ...live, ended: true }, { fromMs: 4_000, toMs: 8_000 })?.span.toMs).toBe(6_000);
  });
});
