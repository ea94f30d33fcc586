import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { type Detection, Detector } from '../../../src/domain/scoring/detector.ts';
import { defaultModel } from '../../../src/domain/scoring/model.ts';

/** Seconds in which a highlight is found, by the score of each second. */
function found(seconds: number, score: (second: number) => number, perHour = 7.5, model = defaultModel): number[] {
  const detector = new Detector(model);
  const list: number[] = [];
  for (let t = 0; t < seconds; t += 1) if (detector.close(score(t), perHour, false).hindrance === null) list.push(t);
  return list;
}

describe('when a highlight begins', () => {
  it('at the first second that reaches the threshold', () => {
    expect(found(300, (t) => (t >= 100 && t < 110 ? 1 : -2))).toEqual([100]);
  });

  it('not in the first minute', () => {
    expect(found(300, (t) => (t === 59 || t === 200 ? 1 : -2))).toEqual([200]);
  });

  it('not again while the score stays up', () => {
    expect(found(600, (t) => (t >= 100 ? 1 : -2))).toEqual([100]);
  });

  it('not again within a minute', () => {
    expect(found(300, (t) => (t === 100 || t === 130 || t === 159 || t === 160 ? 1 : -2))).toEqual([100, 160]);
  });

  it('not after a dip that is too small', () => {
    expect(found(300, (t) => (t < 100 ? -2 : t === 150 ? 0 : 1))).toEqual([100]);
  });

  it('also where all scores lie far below the threshold: not at first, but before two hours are over, and then as often as wished', () => {
    const low = (t: number): number => (t % 300 === 0 ? -1.3 : -2.7);
    const seconds = found(6 * 3600, low);
    expect(seconds[0]).toBeGreaterThan(3 * 480);
    expect(seconds[0]).toBeLessThan(2 * 3600);
    const later = seconds.filter((t) => t > 2 * 3600).length / 4;
    expect(later).toBeGreaterThan(5);
    expect(later).toBeLessThan(10);
    const patient = { ...defaultModel, controller: { ...defaultModel.controller, impatience: 0 } };
    expect(found(2 * 3600, low, 7.5, patient)).toEqual([]);
  });

  it('about as often as wished, in a broadcast that is always near the threshold', () => {
    const noisy = (t: number): number => 1.5 * Math.sin(t * 12.9898) ** 9 - 0.2;
    const perHour = (wish: number): number => found(8 * 3600, noisy, wish).length / 8;
    expect(perHour(5)).toBeGreaterThan(3);
    expect(perHour(5)).toBeLessThan(8);
    expect(perHour(15)).toBeGreaterThan(perHour(5) + 5);
  });
});

describe('what keeps a second from beginning a highlight', () => {
  it('is the threshold, the warm-up, the cool-down or a score that has not been well below since the last one', () => {
    const detector = new Detector(defaultModel);
    const hindrances = new Map<number, Detection['hindrance']>();
    for (let t = 0; t < 300; t += 1) {
      const score = t === 30 || (t >= 100 && t < 250) ? 1 : -2;
      hindrances.set(t, detector.close(score, 7.5, false).hindrance);
    }
    const at = [30, 99, 100, 101, 159, 160, 249, 250];
    const rearm = ['cool-down', 'cool-down', 'not-rearmed', 'not-rearmed', 'threshold'];
    expect(at.map((t) => hindrances.get(t))).toEqual(['warm-up', 'threshold', null, ...rearm]);
  });
});

describe('the threshold', () => {
  it('stays within its bounds, however long nothing or everything passes it', () => {
    const quiet = new Detector(defaultModel);
    let last: Detection = { threshold: 0, hindrance: null };
    for (let t = 0; t < 24 * 3600; t += 1) last = quiet.close(-9, 7.5, false);
    expect(last.threshold).toBe(defaultModel.controller.lowest);
    const loud = new Detector(defaultModel);
    for (let t = 0; t < 24 * 3600; t += 1) last = loud.close(t % 70 < 5 ? 9 : -9, 7.5, false);
    expect(last.threshold).toBeLessThanOrEqual(defaultModel.controller.highest);
  });

  it('does not fall in an interruption', () => {
    const detector = new Detector(defaultModel);
    const before = detector.close(-9, 7.5, false).threshold;
    for (let t = 0; t < 7200; t += 1) detector.close(-9, 7.5, true);
    expect(detector.close(-9, 7.5, true).threshold).toBe(before);
  });
});

it('a detector that is written out and read back in every second finds the same', () => {
  const noisy = (t: number): number => (t % 900 > 600 ? 1.2 : 1.5 * Math.sin(t * 12.9898) ** 9 - 0.2);
  const uninterrupted = found(3600, noisy);
  let detector = new Detector(defaultModel);
  const list: number[] = [];
  for (let t = 0; t < 3600; t += 1) {
    if (detector.close(noisy(t), 7.5, false).hindrance === null) list.push(t);
    const out = new ByteWriter();
    detector.write(out);
    detector = Detector.read(new ByteReader(out.finish()), defaultModel);
  }
  expect(uninterrupted.length).toBeGreaterThan(5);
  expect(list).toEqual(uninterrupted);
});
