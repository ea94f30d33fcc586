import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { Copies } from '../../../src/domain/scoring/copies.ts';
import { Voices } from '../../../src/domain/scoring/voices.ts';
import { reread } from '../../support/restarts.ts';

/** Who or what, and how many seconds after the one before. */
const step = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat({ max: 9 }), fc.boolean());
const steps = fc.array(step, { maxLength: 120, size: 'max' });

/** Answers to messages with their seconds; a kill may come before each of them. */
function answers<T extends { write(out: ByteWriter): void }>(
  list: readonly (readonly [number, number, boolean])[],
  begin: { part: T; read: (input: ByteReader) => T; firstSecond: number },
  ask: (part: T, who: number, second: number) => boolean,
): boolean[] {
  let { part, firstSecond: second } = begin;
  return list.map(([who, after, killed]) => {
    second += after;
    if (killed) part = reread(part, begin.read);
    return ask(part, who, second);
  });
}
const unkilled = (list: readonly (readonly [number, number, boolean])[]) =>
  list.map(([who, after]) => [who, after, false] as const);
const atSeconds = (list: readonly (readonly [number, number, boolean])[]): number[] => {
  let second = 0;
  return list.map(([, after]) => {
    second += after;
    return second;
  });
};

describe('voices', () => {
  const asked = (list: readonly (readonly [number, number, boolean])[], firstSecond = 0, name = (who: number) => who) =>
    answers(list, { part: new Voices(), read: Voices.read, firstSecond }, (voices, who, second) => {
      voices.forget(second);
      return voices.allow(name(who), second);
    });

  it('let a message count where fewer than two of its user counted in the 10 s before, with kills or without', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const counted: [who: number, second: number][] = [];
        const seconds = atSeconds(list);
        const expected = list.map(([who], i) => {
          const second = seconds[i] ?? 0;
          const own = counted.filter(([other, at]) => other === who && second - at < 10);
          if (own.length < 2) counted.push([who, second]);
          return own.length < 2;
        });
        expect(asked(list)).toEqual(expected);
      }),
    );
  });

  it('ask neither when it is nor who it is', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 1e7 }), fc.integer({ min: 1, max: 1e6 }), (list, later, factor) => {
        expect(asked(list, later)).toEqual(asked(list));
        expect(asked(list, 0, (who) => -who * factor)).toEqual(asked(list));
      }),
    );
  });
});

describe('copies', () => {
  const asked = (list: readonly (readonly [number, number, boolean])[], firstSecond = 0) =>
    answers(list, { part: new Copies(), read: Copies.read, firstSecond }, (copies, text, second) =>
      copies.allow({ least: -text, greatest: text }, second),
    );

  it('count where fewer than two came before without a pause of more than 30 s, with kills or without', () => {
    const slow = steps.map((list) => list.map(([text, after, killed]) => [text, after * 5, killed] as const));
    fc.assert(
      fc.property(slow, (list) => {
        const seen = new Map<number, { second: number; times: number }>();
        const seconds = atSeconds(list);
        const expected = list.map(([text], i) => {
          const second = seconds[i] ?? 0;
          const known = seen.get(text);
          const times = known !== undefined && second - known.second <= 30 ? known.times : 0;
          seen.set(text, { second, times: times + 1 });
          return times < 2;
        });
        expect(asked(list)).toEqual(expected);
        expect(asked(unkilled(list), 5_000_000)).toEqual(expected);
      }),
    );
  });
});
