import { describe, expect, it } from 'vitest';
import { mediaClock } from '../../../src/domain/mediaclock.ts';
import { archiveOf, zeroAtMs } from '../../support/archiveviews.ts';

const at = (second: number) => zeroAtMs + second * 1000;
const byDateTime = { clock: 'programDateTime' };

describe('clock offset', () => {
  it('puts the chat’s zero at the second that the user named', () => {
    const clock = mediaClock(archiveOf([{}, {}, {}], { offsetMs: 1500 }));
    expect(clock.toArchiveMs(at(0))).toEqual({ kind: 'at', archiveMs: 1500, errorMs: 0 });
    expect(clock.toEventMs(1500)).toBe(at(0));
    expect(clock.newestEventMs()).toBe(at(4.5));
    expect(clock.oldestEventMs()).toBe(at(-1.5));
  });

  it('finds what chat said after a reconnect earlier in the media, by the time that was not recorded', () => {
    const clock = mediaClock(archiveOf([{ at: 100 }, { at: 102 }, { at: 134, discontinuity: true }, { at: 136 }]));
    expect(clock.toArchiveMs(at(3))).toMatchObject({ kind: 'at', archiveMs: 3000 });
    expect(clock.toArchiveMs(at(10))).toEqual({ kind: 'in-gap', nearest: { fromMs: 0, toMs: 4000 } });
    expect(clock.toArchiveMs(at(30))).toMatchObject({ kind: 'in-gap', nearest: { fromMs: 4000, toMs: 8000 } });
    expect(clock.toArchiveMs(at(35))).toMatchObject({ kind: 'at', archiveMs: 5000 });
    expect(clock.toEventMs(5000)).toBe(at(35));
  });

  it('counts the holes from the anchor on, also where the chat begins after one', () => {
    const clock = mediaClock(
      archiveOf([{ at: 0 }, { at: 2 }, { at: 34, discontinuity: true }, { at: 36 }], { offsetMs: 6000 }),
    );
    expect(clock.toArchiveMs(at(1))).toMatchObject({ kind: 'at', archiveMs: 7000 });
    expect(clock.toArchiveMs(at(-33))).toMatchObject({ kind: 'at', archiveMs: 3000 });
  });

  it('sees a hole at the break, although only a later segment has a date-time', () => {
    const clock = mediaClock(archiveOf([{ at: 0 }, { discontinuity: true }, { at: 14 }]));
    expect(clock.toArchiveMs(at(11))).toMatchObject({ kind: 'in-gap' });
    expect(clock.toArchiveMs(at(13))).toMatchObject({ kind: 'at', archiveMs: 3000 });
  });

  it('takes rounding in date-times for no hole', () => {
    const clock = mediaClock(archiveOf([{ at: 0 }, { at: 2.4 }, { at: 4.1 }, { at: 6.9 }]));
    expect(clock.toArchiveMs(at(7))).toMatchObject({ kind: 'at', archiveMs: 7000 });
  });

  it('does not believe date-times that cover far less time than the media lasts', () => {
    const clock = mediaClock(archiveOf(Array.from({ length: 416 }, (_, k) => ({ seconds: 10, at: k * 3.12 }))));
    expect(clock.toArchiveMs(at(4000))).toMatchObject({ kind: 'at', archiveMs: 4_000_000 });
  });

  it('does not follow a single date-time that is an hour off', () => {
    const reconnected = { at: 40, discontinuity: true };
    const clock = mediaClock(archiveOf([{ at: 0 }, { at: 2 }, { at: 3604 }, { at: 6 }, { at: 8 }, reconnected]));
    expect(clock.toArchiveMs(at(9))).toMatchObject({ kind: 'at', archiveMs: 9000 });
    expect(clock.toArchiveMs(at(41))).toMatchObject({ kind: 'at', archiveMs: 11_000 });
  });
});

describe('clock programDateTime', () => {
  it('maps by date-times; segments without one continue from the last', () => {
    const clock = mediaClock(archiveOf([{ at: 50 }, {}, { at: 54.04 }], byDateTime));
    expect(clock.basis).toBe('programDateTime');
    expect(clock.toArchiveMs(at(53))).toEqual({ kind: 'at', archiveMs: 3000, errorMs: 40 });
    expect(clock.toArchiveMs(at(54.54))).toMatchObject({ kind: 'at', archiveMs: 4500 });
    expect(clock.toArchiveMs(at(54.02))).toMatchObject({ kind: 'at', archiveMs: 4000 });
  });

  it('states by how much recordings overlap, and never runs backward there', () => {
    const clock = mediaClock(archiveOf([{ at: 0 }, { at: 1.7 }, { at: 3.7 }], byDateTime));
    expect(clock.toArchiveMs(at(1.7))).toEqual({ kind: 'at', archiveMs: 2000, errorMs: 300 });
    expect(clock.toEventMs(1900)).toBe(at(1.7));
  });

  it('says that it only assumes, without a bound, where date-times are wrong or absent', () => {
    for (const shapes of [[{}, {}], Array.from({ length: 100 }, (_, k) => ({ seconds: 10, at: k }))]) {
      const clock = mediaClock(archiveOf(shapes, byDateTime));
      expect(clock.basis).toBe('assumed');
      expect(clock.toArchiveMs(at(1))).toEqual({ kind: 'at', archiveMs: 1000, errorMs: Number.POSITIVE_INFINITY });
    }
  });

  it('states a second as its error where date-times are whole seconds of media that is not', () => {
    const clock = mediaClock(
      archiveOf(
        Array.from({ length: 9 }, (_, k) => ({ at: Math.floor(k * 2.1), seconds: 2.1 })),
        byDateTime,
      ),
    );
    const answer = clock.toArchiveMs(at(10));
    expect(answer.kind === 'at' && answer.errorMs).toBeGreaterThanOrEqual(1000);
  });
});

describe('misses', () => {
  it('tells not yet archived from never archived', () => {
    const live = mediaClock(archiveOf([{}, {}]));
    expect(live.toArchiveMs(at(9))).toEqual({ kind: 'after-end', final: false, nearest: { fromMs: 0, toMs: 4000 } });
    expect(live.toArchiveMs(at(-1))).toEqual({ kind: 'before-start', nearest: { fromMs: 0, toMs: 4000 } });
    expect(mediaClock(archiveOf([{}], {}, true)).toArchiveMs(at(9))).toMatchObject({ final: true });
    expect(mediaClock(archiveOf([])).toArchiveMs(at(0))).toEqual({
      kind: 'after-end',
      final: false,
      nearest: undefined,
    });
    expect(mediaClock(archiveOf([])).newestEventMs()).toBeUndefined();
  });

  it('answers for declared gaps with the playable side that is nearer', () => {
    const clock = mediaClock(archiveOf([{}, { gap: true }, { gap: true }, {}]));
    expect(clock.toArchiveMs(at(2.5))).toEqual({ kind: 'in-gap', nearest: { fromMs: 0, toMs: 2000 } });
    expect(clock.toArchiveMs(at(5.5))).toEqual({ kind: 'in-gap', nearest: { fromMs: 6000, toMs: 8000 } });
  });
});

describe('spanOf', () => {
  it('clips a moment that begins before the archive and ends after it, and says what is missing', () => {
    const { span, missing } = mediaClock(archiveOf([{}, {}])).spanOf(at(-3), at(7));
    expect(span).toEqual({ fromMs: 0, toMs: 4000 });
    expect(missing).toEqual([
      { fromMs: at(-3), toMs: at(0), why: 'before-start', final: true },
      { fromMs: at(4), toMs: at(7), why: 'after-end', final: false },
    ]);
  });

  it('runs on over a reconnect, naming the time that no media shows', () => {
    const view = archiveOf([{ at: 0 }, { at: 2 }, { at: 34, discontinuity: true }]);
    expect(mediaClock(view).spanOf(at(3), at(35))).toMatchObject({
      span: { fromMs: 3000, toMs: 5000 },
      missing: [{ fromMs: at(4), toMs: at(34), why: 'in-gap' }],
    });
  });

  it('keeps to the side of a gap on which the peak is', () => {
    const clock = mediaClock(archiveOf([{}, {}, { gap: true }, {}]));
    expect(clock.spanOf(at(1), at(8), at(7)).span).toEqual({ fromMs: 6000, toMs: 8000 });
    expect(clock.spanOf(at(1), at(8)).span).toEqual({ fromMs: 1000, toMs: 4000 });
    expect(clock.spanOf(at(4.5), at(5.5))).toMatchObject({ span: undefined, missing: [{ why: 'in-gap' }] });
  });
});

describe('a progressive file', () => {
  it('is one piece as long as the file', () => {
    const clock = mediaClock(archiveOf([], { type: 'file', durationMs: 60_000, offsetMs: 5000 }));
    expect(clock.toArchiveMs(at(55))).toMatchObject({ kind: 'at', archiveMs: 60_000 });
    expect(clock.toArchiveMs(at(56))).toMatchObject({ kind: 'after-end' });
    expect(clock.spanOf(at(-10), at(10)).span).toEqual({ fromMs: 0, toMs: 15_000 });
  });
});
