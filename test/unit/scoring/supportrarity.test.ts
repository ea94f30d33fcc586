import { describe, expect, it } from 'vitest';
import type { Support } from '../../../src/domain/records.gen.ts';
import { ByteReader, ByteWriter } from '../../../src/domain/scoring/bytes.ts';
import { SupportRarity, supportClass } from '../../../src/domain/scoring/supportrarity.ts';

const support = (type: string, count = 1, amount = 0, currency = ''): Support => ({
  userId: 'u',
  type,
  count,
  amountMicros: amount * 1e6,
  currency,
});

/** Value of the second in which the last one comes; the others come one every 20 s before it. */
function valueAfter(before: readonly Support[], last: Support): number {
  const rarity = new SupportRarity();
  for (const one of before) {
    rarity.supported(supportClass(one));
    for (let second = 0; second < 20; second += 1) rarity.close();
  }
  for (let second = 0; second < 300; second += 1) rarity.close();
  rarity.supported(supportClass(last));
  return rarity.close();
}

const many = (one: Support): Support[] => Array.from({ length: 60 }, () => one);

describe('support by its rarity in the broadcast', () => {
  it('one of a kind that comes all the time says less than the first of another kind', () => {
    const subscriptions = many(support('subscription'));
    const usual = valueAfter(subscriptions, support('subscription'));
    expect(valueAfter(subscriptions, support('superchat', 1, 5, 'USD'))).toBeGreaterThan(usual + 0.5);
  });

  it('a gift bomb says more than a gift, and less where bombs are usual', () => {
    const gifts = many(support('gift'));
    const bombs = many(support('gift', 20));
    expect(valueAfter(gifts, support('gift', 20))).toBeGreaterThan(valueAfter(gifts, support('gift')) + 0.5);
    expect(valueAfter(bombs, support('gift', 20))).toBeLessThan(valueAfter(gifts, support('gift', 20)) - 0.5);
    expect(valueAfter([], support('gift', 20))).toBeGreaterThan(valueAfter([], support('gift')));
  });

  it('money counts against the payments of this broadcast in its currency, not by itself', () => {
    expect(valueAfter([], support('superchat', 1, 500, 'USD'))).toBe(valueAfter([], support('superchat', 1, 2, 'USD')));
    const yen = many(support('superchat', 1, 500, 'JPY'));
    expect(valueAfter(yen, support('superchat', 1, 20_000, 'JPY'))).toBeGreaterThan(
      valueAfter(yen, support('superchat', 1, 500, 'JPY')) + 0.5,
    );
    const large = many(support('superchat', 1, 500, 'USD'));
    const small = many(support('superchat', 1, 2, 'USD'));
    expect(valueAfter(large, support('superchat', 1, 500, 'USD'))).toBe(
      valueAfter(small, support('superchat', 1, 2, 'USD')),
    );
  });

  it('a class is one of 64, whatever it is of', () => {
    for (const type of ['subscription', 'gift', 'cheer', 'superchat', 'membership', 'donation', '']) {
      for (const size of [0, 1, 3, 1e3, 2 ** 31 - 1]) {
        for (const one of [support(type, size), support(type, 1, size, 'EUR')]) {
          expect(supportClass(one)).toBeGreaterThanOrEqual(0);
          expect(supportClass(one)).toBeLessThan(64);
        }
      }
    }
  });

  it('is bounded, and the same after it was read back', () => {
    let rarity = new SupportRarity();
    const values: number[] = [];
    for (let i = 0; i < 500; i += 1) {
      rarity.supported(supportClass(support(i % 3 === 0 ? 'gift' : 'cheer', i, i % 7)));
      const out = new ByteWriter();
      rarity.write(out);
      const restored = SupportRarity.read(new ByteReader(out.finish()));
      values.push(rarity.close());
      expect(restored.close()).toBe(values.at(-1));
      rarity = restored;
    }
    expect(Math.max(...values)).toBeLessThanOrEqual(4);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  });
});
