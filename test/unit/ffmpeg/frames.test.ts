import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCopied, chooseFrames, type Frame, framesOf } from '../../../src/adapters/ffmpeg/frames.ts';

/** Frames in decode order by their number in presentation order, at 25 a second; key frames are marked by `I`. */
function coded(order: string): Frame[] {
  return order.split(' ').map((name) => {
    const number = Number(name.replace('I', ''));
    return { pts: number * 0.04, duration: 0.04, key: name.startsWith('I') };
  });
}

const shownIn = (choice: { shown: readonly Frame[] } | undefined): number[] =>
  (choice?.shown ?? []).map(({ pts }) => Math.round(pts / 0.04));

describe('frames of a span', () => {
  const frames = coded('I0 3 1 2 6 4 5 I9 7 8 12 10 11');
  it('begin with the first that is not earlier than half a frame before the start, and end before the end', () => {
    expect(shownIn(chooseFrames(frames, 0.16, 0.32))).toEqual([4, 5, 6, 7]);
    expect(shownIn(chooseFrames(frames, 0.179, 0.321))).toEqual([4, 5, 6, 7, 8]);
    expect(shownIn(chooseFrames(frames, 0.1811, 0.32))).toEqual([5, 6, 7]);
  });

  it('are none where there are none', () => {
    expect(chooseFrames(frames, 2, 3)).toBeUndefined();
    expect(chooseFrames([], 0, 1)).toBeUndefined();
  });

  it('are copied from the key frame before them, with all that is decoded before their last one', () => {
    // Frame 5 is decoded after 6, so 6 comes along.
    expect(shownIn(chooseCopied(frames, 0.08, 0.24))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(shownIn(chooseCopied(frames, 0.08, 0.16))).toEqual([0, 1, 2, 3]);
    expect(shownIn(chooseCopied(frames, 0.36, 0.4))).toEqual([9]);
  });

  it('cannot be copied without a key frame before them', () => {
    expect(chooseCopied(coded('2 I3 4 5'), 0.08, 0.2)).toBeUndefined();
  });

  it('do not count before the first key frame, or where an edit list hides them', () => {
    const packet = { stream: 0, dts: undefined, duration: 0.04, key: false, discard: false };
    const packets = [
      { ...packet, pts: 0 },
      { ...packet, pts: 0.04, key: true, discard: true },
      { ...packet, pts: 0.08 },
    ];
    expect(framesOf(packets).map(({ pts }) => pts)).toEqual([0.08]);
  });
});

it('a copy never leaves out a frame of its span, whatever the order of decoding', () => {
  const groups = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(groups, fc.nat(30), fc.integer({ min: 1, max: 20 }), (sizes, start, length) => {
      // Each group: its last frame in presentation is decoded first. Every third begins with a key frame.
      let next = 0;
      const order = sizes.flatMap((size, index) => {
        const group = Array.from({ length: size }, (_, i) => next + i);
        next += size;
        return index % 3 === 0 ? [`I${group[0]}`, ...group.slice(1).reverse()] : [...group].reverse();
      });
      const frames = coded(order.join(' '));
      const exact = shownIn(chooseFrames(frames, start * 0.04, (start + length) * 0.04));
      const copied = shownIn(chooseCopied(frames, start * 0.04, (start + length) * 0.04));
      expect(exact.filter((number) => !copied.includes(number))).toEqual([]);
      expect(copied).toEqual(Array.from({ length: copied.length }, (_, i) => (copied[0] ?? 0) + i));
    }),
  );
});
