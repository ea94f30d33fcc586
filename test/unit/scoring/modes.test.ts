import { describe, expect, it } from 'vitest';
import { defaultModel } from '../../../src/domain/scoring/model.ts';
import { modeCode } from '../../../src/domain/scoring/modes.ts';
import { chatBySecond, closedSeconds, foundIn, type Happening, valuesOf } from '../../support/secondscores.ts';

const seconds = 2000;
const mode = (second: number, name: string, flag: boolean): Happening => ({
  second,
  kind: 'mode',
  amount: modeCode(name),
  flag,
});
const between = (from: number, to: number) => (second: number) => second >= from && second < to;
const slowed = between(500, 1000);

describe('the expected rate by mode', () => {
  const slow = [mode(500, 'slow', true), mode(1000, 'slow', false)];
  const emoteOnly = [mode(500, 'emoteOnly', true), mode(1000, 'emoteOnly', false)];
  const asSlow = chatBySecond({ seconds, rate: (second) => (slowed(second) ? 1 : 8) });
  const asEmotes = chatBySecond({ seconds, rate: () => 5, emotesOnly: slowed });

  it('neither the start nor the end of emote-only mode is a highlight, though to those who do not know the mode it is', () => {
    expect(foundIn(closedSeconds(asEmotes, { seconds, model: defaultModel }))).not.toEqual([]);
    expect(foundIn(closedSeconds([...emoteOnly, ...asEmotes], { seconds }))).toEqual([]);
  });

  it('nor are they when the mode comes again, whose rate is known then', () => {
    const twice = chatBySecond({
      seconds,
      rate: () => 5,
      emotesOnly: (second) => between(500, 700)(second) || between(1200, 1400)(second),
    });
    const modes = [500, 1200].flatMap((from) => [mode(from, 'emoteOnly', true), mode(from + 200, 'emoteOnly', false)]);
    const closed = closedSeconds([...modes, ...twice], { seconds });
    expect(foundIn(closed)).toEqual([]);
    const values = valuesOf(closed, 'mode_shift');
    expect(values[500]).toBe(4);
    expect(values[1200]).toBeGreaterThan(2);
    expect(values[1200]).toBeLessThan(4);
  });

  it('neither the start nor the end of slow mode is a highlight; at its end the rate from before is expected at once', () => {
    const closed = closedSeconds([...slow, ...asSlow], { seconds });
    expect(foundIn(closed)).toEqual([]);
    const values = valuesOf(closed, 'mode_shift');
    expect(values[499]).toBe(0);
    expect(values[600]).toBeLessThan(0);
    expect(values[1000]).toBeGreaterThan(2.5);
    expect(values[1300]).toBeGreaterThan(0.5);
    expect(values[1300]).toBeLessThan(values[1000] ?? 0);
  });

  it('nor are they in a chat that slow mode cuts to a fortieth, which to those who do not know the mode they often are', () => {
    const finds = (modes: readonly Happening[], seed: number): number => {
      const loud = chatBySecond({ seconds: 1400, rate: (second) => (slowed(second) ? 0.5 : 20), seed });
      return foundIn(closedSeconds([...modes, ...loud], { seconds: 1400 })).length;
    };
    const seeds = [1, 2, 3, 4, 5, 6];
    expect(seeds.reduce((sum, seed) => sum + finds([], seed), 0)).toBeGreaterThan(0);
    expect(seeds.map((seed) => finds(slow, seed))).toEqual(seeds.map(() => 0));
  });

  it('the end of a mode that nobody saw begin is none either', () => {
    const unseen = chatBySecond({ seconds, rate: (second) => (second < 700 ? 1 : 10) });
    expect(foundIn(closedSeconds(unseen, { seconds }))).not.toEqual([]);
    expect(foundIn(closedSeconds([mode(700, 'slow', false), ...unseen], { seconds }))).toEqual([]);
  });

  it('a moment in slow mode, and one soon after it, are found', () => {
    const cheering = (second: number) => between(800, 812)(second) || between(1120, 1132)(second);
    const rate = (second: number) => (slowed(second) ? 1 : 8) * (cheering(second) ? 2.5 : 1);
    const found = foundIn(closedSeconds([...slow, ...chatBySecond({ seconds, rate, cheering })], { seconds }));
    expect(found).toHaveLength(2);
    expect(found[0]).toSatisfy(between(800, 815));
    expect(found[1]).toSatisfy(between(1120, 1135));
  });

  it('reports that change nothing are none: a repeated one, one of a mode that is not known', () => {
    const again = [mode(520, 'slow', true), mode(640, 'uniqueChat', true), mode(1010, 'slow', false)];
    const once = closedSeconds([...slow, ...asSlow], { seconds });
    expect(closedSeconds([...slow, ...again, ...asSlow], { seconds })).toEqual(once);
  });

  it('a change that changes no rate damps nothing after its first half minute, and is over after 20 minutes', () => {
    const steady = chatBySecond({ seconds, rate: () => 8 });
    const values = valuesOf(closedSeconds([mode(500, 'followersOnly', true), ...steady], { seconds }), 'mode_shift');
    expect(Math.max(...values.slice(531).map(Math.abs))).toBeLessThan(1);
    expect(new Set(values.slice(1701))).toEqual(new Set([0]));
  });
});
