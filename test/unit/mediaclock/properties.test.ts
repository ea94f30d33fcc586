import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mediaClock } from '../../../src/domain/mediaclock.ts';
import { archiveOf, type SegmentShape, zeroAtMs } from '../../support/archiveviews.ts';

/** A recording with date-times that jitter, drift and jump forward at reconnects. */
const recordings = fc
  .array(
    fc.record({
      millis: fc.integer({ min: 100, max: 6000 }),
      jitter: fc.integer({ min: -120, max: 120 }),
      hole: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: 1500, max: 90_000 })),
      dated: fc.boolean(),
      gap: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) => {
    let wall = 10_000;
    return parts.map((part): SegmentShape => {
      wall += part.hole;
      const shape = { seconds: part.millis / 1000, gap: part.gap, discontinuity: part.hole > 0 };
      const at = (wall + part.jitter) / 1000;
      wall += part.millis;
      return part.dated ? { ...shape, at } : shape;
    });
  });

const clocks = fc
  .tuple(recordings, fc.constantFrom('offset', 'programDateTime'), fc.integer({ min: -5000, max: 60_000 }))
  .map(([shapes, clock, offsetMs]) => {
    const view = archiveOf(shapes, { clock, offsetMs });
    return { view, clock: mediaClock(view) };
  });

it('never runs backward, in either direction', () => {
  fc.assert(
    fc.property(clocks, fc.array(fc.integer({ min: -20_000, max: 400_000 }), { minLength: 2 }), ({ clock }, times) => {
      const sorted = times.toSorted((a, b) => a - b);
      const archive = sorted.flatMap((time) => {
        const answer = clock.toArchiveMs(zeroAtMs + time);
        return answer.kind === 'at' ? [answer.archiveMs] : [];
      });
      expect(archive).toEqual(archive.toSorted((a, b) => a - b));
      const events = sorted.flatMap((time) => clock.toEventMs(time) ?? []);
      expect(events).toEqual(events.toSorted((a, b) => a - b));
    }),
  );
});

it('comes back to where it was within the error that it states', () => {
  fc.assert(
    fc.property(clocks, fc.double({ min: 0, max: 1, noNaN: true }), ({ view, clock }, share) => {
      const last = view.segments.at(-1);
      const archiveMs = share * ((last?.startMs ?? 0) + (last?.durationMs ?? 0));
      const playing = view.segments.find((s) => s.startMs <= archiveMs && archiveMs < s.startMs + s.durationMs);
      fc.pre(playing !== undefined && !playing.gap);
      const eventMs = clock.toEventMs(archiveMs);
      expect(eventMs).toBeDefined();
      const answer = clock.toArchiveMs(eventMs ?? 0);
      fc.pre(answer.kind !== 'in-gap');
      expect(answer.kind).toBe('at');
      if (answer.kind === 'at')
        expect(Math.abs(answer.archiveMs - archiveMs)).toBeLessThanOrEqual(answer.errorMs + 0.01);
    }),
  );
});

it('shows or names as missing every part of a span, once', () => {
  fc.assert(
    fc.property(
      clocks,
      fc.integer({ min: 0, max: 90_000 }),
      fc.integer({ min: 1, max: 60_000 }),
      ({ clock }, from, length) => {
        const { span, missing } = clock.spanOf(zeroAtMs + from, zeroAtMs + from + length);
        const missed = missing.reduce((sum, part) => sum + part.toMs - part.fromMs, 0);
        const shown = span === undefined ? 0 : span.toMs - span.fromMs;
        expect(missed).toBeLessThanOrEqual(length + 0.01);
        if (clock.basis === 'offset') expect(missed + shown).toBeCloseTo(length, 3);
      },
    ),
  );
});
